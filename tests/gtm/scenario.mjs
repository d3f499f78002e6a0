/**
 * Runs one of a template's own tests, with the test API of Google's editor.
 */

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { createApi, demandFor } from "./sandbox/api.mjs";
import { interpret } from "./sandbox/interpret.mjs";
import { flatten } from "./sandbox/permissions.mjs";
import { kind } from "./sandbox/values.mjs";
import { parse } from "./template-file.mjs";

/** @type {Record<string, (value: any, ...wanted: any[]) => boolean>} */
const MATCHERS = {
  isUndefined: (value) => value === undefined,
  isNull: (value) => value === null,
  isTrue: (value) => value === true,
  isFalse: (value) => value === false,
  isTruthy: Boolean,
  isNaN: (value) => value !== value,
  isInfinity: (value) => value === Infinity || value === -Infinity,
  isEqualTo: (value, wanted) => isDeepStrictEqual(value, wanted),
  isStrictlyEqualTo: (value, wanted) => value === wanted,
  isAnyOf: (value, ...wanted) => wanted.flat().some((one) => isDeepStrictEqual(value, one)),
  isGreaterThan: (value, wanted) => value > wanted,
  isLessThan: (value, wanted) => value < wanted,
  isGreaterThanOrEqualTo: (value, wanted) => value >= wanted,
  isLessThanOrEqualTo: (value, wanted) => value <= wanted,
  contains: (value, ...wanted) => wanted.flat().every((one) => value.includes(one)),
  containsExactly: (value, ...wanted) => isDeepStrictEqual([...value].sort(), wanted.flat().sort()),
  hasLength: (value, wanted) => value.length === wanted,
  isEmpty: (value) => value.length === 0,
  ...Object.fromEntries(["Array", "Boolean", "Function", "Number", "Object", "String"].map((type) => [`is${type}`, (/** @type {any} */ value) => kind(value) === type.toLowerCase()])),
};

/** What says the opposite. @type {Record<string, string>} */
const OPPOSITES = { isDefined: "isUndefined", isFalsy: "isTruthy", isNoneOf: "isAnyOf", doesNotContain: "contains", doesNotContainExactly: "containsExactly" };
for (const name of Object.keys(MATCHERS)) if (name.startsWith("is")) OPPOSITES[name.replace(/^is/, "isNot")] = name;

/** @param {unknown} value @param {string} [message] */
function assertThat(value, message = "") {
  const check = (/** @type {string} */ name, /** @type {boolean} */ isSo, /** @type {unknown[]} */ wanted) => assert.ok(isSo, `${message || "value"} ${name}(${wanted.map((one) => JSON.stringify(one)).join(", ")}), but is ${JSON.stringify(value)}`);
  const direct = Object.entries(MATCHERS).map(([name, is]) => [name, (/** @type {unknown[]} */ ...wanted) => check(name, is(value, ...wanted), wanted)]);
  const opposite = Object.entries(OPPOSITES).map(([name, of]) => [name, (/** @type {unknown[]} */ ...wanted) => check(name, !MATCHERS[of]?.(value, ...wanted), wanted)]);
  return Object.fromEntries([...direct, ...opposite]);
}

/** Calls of one function, with what was passed. @typedef {Map<string, unknown[][]>} Calls */

/** @param {Calls} calls @param {string} name */
function assertApi(calls, name) {
  const made = calls.get(name) ?? [];
  const has = (/** @type {unknown[]} */ wanted) => made.some((args) => isDeepStrictEqual(args, wanted));
  return {
    wasCalled: () => assert.ok(made.length > 0, `${name} was not called`),
    wasNotCalled: () => assert.deepEqual(made, [], `${name} was called`),
    wasCalledWith: (/** @type {unknown[]} */ ...wanted) => assert.ok(has(wanted), `${name} was not called with ${JSON.stringify(wanted)}, but with ${JSON.stringify(made)}`),
    wasNotCalledWith: (/** @type {unknown[]} */ ...wanted) => assert.ok(!has(wanted), `${name} was called with ${JSON.stringify(wanted)}`),
  };
}

/** A page on which nothing happens by itself. @returns {import("./sandbox/api.mjs").Host} */
const emptyPage = () => ({ window: { location: { hostname: "shop.example" } }, layer: () => undefined, isConsentGranted: () => true, addConsentListener() {}, injectScript: (_, ok) => ok(), callLater: (act) => act(), log() {}, storage: {} });

/**
 * Throws if the scenario fails.
 * @param {ReturnType<typeof import("./template-file.mjs").readTemplate>} template
 * @param {import("./template-file.mjs").Scenario} scenario
 */
export function runScenario(template, scenario) {
  const permissions = flatten(template.permissions);
  const api = createApi(emptyPage(), permissions);
  /** @type {Calls} */
  const calls = new Map();
  /** What is asked of each run in the end. @type {(() => void)[]} */
  const runs = [];
  /** What an API does here, in place of its own. @type {Record<string, any>} */
  const mocked = {};
  const record = (/** @type {string} */ name, /** @type {(...args: any[]) => unknown} */ act) => (/** @type {unknown[]} */ ...args) => {
    calls.set(name, [...(calls.get(name) ?? []), args]);
    return act(...args);
  };
  /** What stands in for an API, if anything does. What a mock takes the place of needs its permission all the same. @param {string} name @param {any} own @param {any} mock */
  const stand = (name, own, mock) => (/** @type {unknown[]} */ ...args) => {
    if (mock === undefined) return own(...args);
    demandFor(permissions, name, args);
    return typeof mock === "function" ? mock(...args) : mock;
  };
  const require = (/** @type {string} */ name) => {
    const own = api[name];
    if (typeof own === "object") return Object.fromEntries(Object.entries(own).map(([key, act]) => [key, record(`${name}.${key}`, (...args) => stand(name, act, mocked[name]?.[key])(...args))]));
    assert.equal(typeof own, "function", `There is no API ${name}.`);
    return record(name, (...args) => stand(name, own, mocked[name])(...args));
  };
  const test = {
    require: (/** @type {string} */ name) => api[name],
    mock: (/** @type {string} */ name, /** @type {unknown} */ value) => void (mocked[name] = value),
    mockObject: (/** @type {string} */ name, /** @type {object} */ object) => void (mocked[name] = object),
    assertApi: (/** @type {string} */ name) => assertApi(calls, name),
    assertThat,
    fail: (/** @type {string} */ message) => assert.fail(message),
    runCode(/** @type {object} */ data) {
      let settled = 0;
      const settle = (/** @type {string} */ name) => record(name, () => void (settled += 1));
      const result = interpret(template.tree, { require, data: { ...data, gtmOnSuccess: settle("gtmOnSuccess"), gtmOnFailure: settle("gtmOnFailure") } });
      // A tag that says nothing holds up the page; all mocks of ours answer at once.
      if (template.info.type === "TAG") runs.push(() => assert.equal(settled, 1, "the tag settles once"));
      return result;
    },
  };
  interpret(parse(`${template.tests.setup}\n${scenario.code}`), test);
  for (const check of runs) check();
}
