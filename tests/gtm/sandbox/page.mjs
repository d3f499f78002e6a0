/**
 * A small container in a real page: a data layer as GTM keeps it, Consent Mode, and tags that do what they do. The page names
 * its templates and tags in `<script type="application/json" id="container">`.
 */

import { createApi } from "./api.mjs";
import { interpret } from "./interpret.mjs";

/**
 * @typedef {{ tree: any, permissions: Record<string, any> }} Template
 * @typedef {{ events: string, fields: Record<string, unknown> }} Tag `events`: a pattern of the names that it fires by
 */

/** What tests look at. */
const told = /** @type {{ settled: [event: string, result: "success" | "failure"][], log: unknown[][], variables: string[] }} */ ({ settled: [], log: [], variables: [] });
Object.assign(window, { container: told });

/** As they were pushed last, and merged as GTM's data layer version 2 merges: lists, too, place by place. */
const last = /** @type {any} */ ({});
const merged = /** @type {any} */ ({});

/** @param {any} target @param {any} source */
function merge(target, source) {
  for (const [key, value] of Object.entries(source)) {
    const isDeep = typeof value === "object" && value && typeof target[key] === "object" && target[key] && Array.isArray(value) === Array.isArray(target[key]);
    if (isDeep) merge(target[key], value);
    else target[key] = typeof value === "object" && value ? structuredClone(value) : value;
  }
}

/** @param {any} from @param {string} key */
const at = (from, key) => (Object.hasOwn(from, key) ? from[key] : key.split(".").reduce((owner, name) => owner?.[name], from));

const consent = /** @type {Record<string, boolean>} */ ({});
/** @type {[type: string, listener: (type: string, isGranted: boolean) => void][]} */
const listeners = [];

/** @param {Record<string, string>} types */
function decide(types) {
  const before = { ...consent };
  for (const [type, decision] of Object.entries(types)) consent[type] = decision === "granted";
  for (const [type, listener] of [...listeners]) if (type in types && before[type] !== consent[type]) listener(type, consent[type] === true);
}

/** One list for the whole container: what has come, what is on its way. @type {Map<string, { isThere: boolean, ok: (() => void)[], fail: (() => void)[] }>} */
const scripts = new Map();

/** @param {string} url @param {() => void} ok @param {() => void} fail @param {string} [token] */
function injectScript(url, ok, fail, token = String(Math.random())) {
  const known = scripts.get(token);
  if (known?.isThere) return void setTimeout(ok);
  if (known) return void (known.ok.push(ok), known.fail.push(fail));
  const entry = { isThere: false, ok: [ok], fail: [fail] };
  scripts.set(token, entry);
  const script = document.createElement("script");
  script.async = true;
  script.src = url;
  // As GTM does: the page's own nonce.
  script.nonce = /** @type {HTMLElement | null} */ (document.querySelector("script[nonce]"))?.nonce ?? "";
  script.onload = () => {
    entry.isThere = true;
    for (const act of entry.ok) act();
  };
  script.onerror = () => {
    scripts.delete(token);
    for (const act of entry.fail) act();
  };
  document.head.append(script);
}

const { tag: tagTemplate, variable, tags } = /** @type {{ tag: Template, variable: Template, tags: Tag[] }} */ (JSON.parse(document.querySelector("#container")?.textContent ?? ""));

/** @param {Template} template @param {object} data */
function run(template, data) {
  const api = apis.get(template) ?? createApi({ window, layer: (key, version) => at(version === 1 ? last : merged, key), isConsentGranted: (type) => consent[type] !== false, addConsentListener: (type, listener) => void listeners.push([type, listener]), injectScript, callLater: (act) => void setTimeout(act), log: (...parts) => void told.log.push(parts), storage: {} }, template.permissions);
  apis.set(template, api);
  return interpret(template.tree, { require: (/** @type {string} */ name) => api[name], data });
}
/** A template's own, with its storage. @type {Map<Template, Record<string, any>>} */
const apis = new Map();

/** @param {string} event */
function fire(event) {
  for (const { events, fields } of tags) {
    if (!new RegExp(`^(${events})$`).test(event)) continue;
    let isSettled = false;
    // The first word counts, and a tag that dies has failed.
    const settle = (/** @type {"success" | "failure"} */ result) => () => void (isSettled ||= Boolean(told.settled.push([event, result])));
    told.variables.push(String(run(variable, { eventIdSource: "order" })));
    try {
      run(tagTemplate, { ...fields, gtmOnSuccess: settle("success"), gtmOnFailure: settle("failure") });
    } catch (error) {
      told.log.push([String(error)]);
      settle("failure")();
    }
  }
}

let number = 2;

/** @param {any} entry of the data layer */
function take(entry) {
  const isCommand = Object.prototype.toString.call(entry) === "[object Arguments]";
  if (isCommand && entry[0] === "consent") return decide(entry[2]);
  const push = isCommand ? (entry[0] === "event" ? { event: entry[1], eventModel: entry[2] ?? {} } : {}) : entry;
  number += 1;
  entry["gtm.uniqueEventId"] = number;
  // What gtag() passes is its event's alone, in version 2; in version 1 it stays, like everything.
  delete merged.eventModel;
  Object.assign(last, push, { "gtm.uniqueEventId": number });
  merge(merged, { event: undefined, ...push, "gtm.uniqueEventId": number });
  if (push.event) fire(push.event);
}

const layer = (/** @type {any} */ (window).dataLayer ??= []);
for (const entry of [...layer]) take(entry);
layer.push = (/** @type {unknown[]} */ ...entries) => {
  Array.prototype.push.apply(layer, entries);
  for (const entry of entries) take(entry);
  return true;
};
