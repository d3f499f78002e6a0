/**
 * A published gtm.js with our templates in the place of its own: everything else in it is Google's.
 */

import { runInNewContext } from "node:vm";
import { flatten } from "../sandbox/permissions.mjs";
import { parse } from "../template-file.mjs";
import { compile } from "./compile.mjs";

const TAG = "__cvt_1_10";
const VARIABLE = "__cvt_1_11";

/** The value of the event-id variable, for a field of the tag. */
export const VARIABLE_VALUE = ["macro", 1];

/** @typedef {import("../lint.mjs").Template} Template */

/** Where the container's own data is in gtm.js. @param {string} code @returns {{ start: number, end: number }} */
function dataIn(code) {
  /** @type {any[]} */
  const waiting = [parse(code)];
  for (let node = waiting.shift(); node; node = waiting.shift()) {
    if (node.type === "VariableDeclarator" && node.id.name === "data" && node.init?.type === "ObjectExpression") return node.init;
    waiting.push(...Object.values(node).flat().filter((one) => typeof one?.type === "string"));
  }
  throw new Error("This gtm.js has no `data`: it is none of Google's, or of another time.");
}

/**
 * The container with one tag, which fires by each of these events.
 * @param {string} code gtm.js @param {{ tag: Template, variable: Template }} templates @param {Record<string, unknown>} fields of the tag @param {string} events a pattern
 */
export function containerWith(code, { tag, variable }, fields, events) {
  const { start, end } = dataIn(code);
  const data = runInNewContext(`(${code.slice(start, end)})`);
  data.resource.macros = [{ function: "__e" }, { function: VARIABLE, vtp_eventIdSource: "order" }];
  data.resource.tags = [{ function: TAG, metadata: ["map"], once_per_event: true, tag_id: 1, ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`vtp_${name}`, value])) }];
  data.resource.predicates = [{ function: "_re", arg0: ["macro", 0], arg1: `^(${events})$` }];
  data.resource.rules = [[["if", 0], ["add", 0]]];
  data.runtime.push(compile(TAG, tag.tree), compile(VARIABLE, variable.tree));
  data.permissions = { ...data.permissions, [TAG]: flatten(tag.permissions), [VARIABLE]: flatten(variable.permissions) };
  data.sandboxed_scripts = [TAG, VARIABLE];
  return code.slice(0, start) + JSON.stringify(data) + code.slice(end);
}
