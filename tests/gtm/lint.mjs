/**
 * What can be told of a template by looking at it: each finding would be a tag that dies in GTM, a permission too many, or a
 * setting that a customer loses.
 */

import { DEMANDS } from "./sandbox/api.mjs";
import { KNOWN } from "./sandbox/interpret.mjs";
import { flatten } from "./sandbox/permissions.mjs";
import { LIBRARIES, METHODS } from "./sandbox/values.mjs";
import { fields } from "./template-file.mjs";

/** @typedef {ReturnType<typeof import("./template-file.mjs").readTemplate>} Template */
/** @typedef {any} Node */

/** GTM's own names that have no permission of their own. */
const FREE_API = ["callLater", "generateRandom", "getTimestampMillis", "getType", "makeInteger", "makeNumber", "makeString", "makeTableMap", "queryPermission", ...Object.keys(LIBRARIES)];
const ANY_METHOD = Object.values(METHODS).flat();
/** Of objects that are not the sandbox's own values. */
const OWN_METHODS = ["getItem", "setItem", "gtmOnSuccess", "gtmOnFailure", ...Object.values(LIBRARIES).flatMap((library) => Object.keys(library))];

/** Every node of a tree. @param {Node} node @returns {Node[]} */
function nodes(node) {
  const inner = Object.values(node).flat().filter((one) => typeof one?.type === "string");
  return [node, ...inner.flatMap(nodes)];
}

/** `const name = require('name')` → the names. @param {Node[]} all */
const required = (all) => all.filter((node) => node.type === "CallExpression" && node.callee.name === "require").map((node) => node.arguments[0].value);

/** @param {Node[]} all @returns {Map<string, Node>} constants with what they were made of */
const constants = (all) => new Map(all.filter((node) => node.type === "VariableDeclarator").map((node) => [node.id.name, node.init]));

/** Nodes, operators, names and methods that GTM does not have. @param {Template} template @returns {string[]} */
export function language({ tree }) {
  const all = nodes(tree);
  const declared = new Set(["data", "require", "arguments", "undefined", ...constants(all).keys(), ...all.flatMap((node) => (node.params ?? []).map((/** @type {Node} */ one) => one.name))]);
  return all.flatMap((node) => {
    const at = `line ${node.loc.start.line}: `;
    if (!KNOWN.nodes.includes(node.type)) return [`${at}${node.type}`];
    if (/^(Binary|Unary)Expression$/.test(node.type) && !KNOWN.operators.includes(node.operator)) return [`${at}${node.operator}`];
    const isName = node.type === "CallExpression" && node.callee.type === "Identifier";
    if (isName && !declared.has(node.callee.name)) return [`${at}${node.callee.name} is declared nowhere`];
    if (node.type === "CallExpression" && !["Identifier", "MemberExpression"].includes(node.callee.type)) return [`${at}a call of what has no name`];
    const method = node.type === "CallExpression" && node.callee.type === "MemberExpression" && node.callee.property.name;
    if (method && ![...ANY_METHOD, ...OWN_METHODS].includes(method)) return [`${at}no method ${method}`];
    return [];
  });
}

/** What is required has to exist and to be used. @param {Template} template @returns {string[]} */
export function requirements({ tree }) {
  const all = nodes(tree);
  const names = required(all);
  const used = (/** @type {string} */ name) => all.filter((node) => node.type === "Identifier" && node.name === name).length >= 2;
  return [
    ...names.filter((name) => !DEMANDS[name] && !FREE_API.includes(name)).map((name) => `there is no API ${name}`),
    ...names.filter((name, place) => names.indexOf(name) !== place).map((name) => `${name} is required twice`),
    ...names.filter((name) => !used(name)).map((name) => `${name} is not used`),
  ];
}

/** A grant or a use, each by itself: `access_globals write twin`. @param {string} name @param {string[]} asked */
const single = (name, asked) => (asked[0] === "readwrite" ? ["read", "write"].map((how) => `${name} ${how} ${asked[1]}`) : [[name, ...asked].join(" ")]);

/** What the code does, as permissions. @param {Template} template */
function used({ tree }) {
  const all = nodes(tree);
  const values = constants(all);
  const valueOf = (/** @type {Node} */ node) => (node?.type === "Identifier" ? values.get(node.name) : node)?.value;
  return new Set(
    all.flatMap((node) => {
      if (node.type !== "CallExpression") return [];
      const name = node.callee.type === "MemberExpression" ? node.callee.object.name : node.callee.name;
      const asked = DEMANDS[name]?.(...node.arguments.map(valueOf));
      return asked ? single(asked[0], asked.slice(1)) : [];
    }),
  );
}

/** What the template may do. @param {Template} template */
function granted({ permissions }) {
  const { access_globals, inject_script, read_data_layer, access_consent, get_url, ...rest } = flatten(permissions);
  const flags = (/** @type {string} */ name, /** @type {any[]} */ entries, /** @type {string} */ key, /** @type {boolean} */ isLast) =>
    entries.flatMap((entry) => ["read", "write", "execute"].filter((how) => entry[how]).map((how) => [name, ...(isLast ? [how, entry[key]] : [entry[key], how])].join(" ")));
  return new Set([
    ...flags("access_globals", access_globals?.["keys"] ?? [], "key", true),
    ...flags("access_consent", access_consent?.["consentTypes"] ?? [], "consentType", false),
    ...(inject_script?.["urls"] ?? []).map((/** @type {string} */ url) => `inject_script ${url}`),
    ...(read_data_layer ? (read_data_layer["allowedKeys"] === "specific" ? read_data_layer["keyPatterns"] : ["any"]) : []).map((/** @type {string} */ key) => `read_data_layer ${key}`),
    ...Object.entries(get_url ?? {}).flatMap(([part, is]) => (is === true || is === "any" ? [`get_url ${part}`] : [])),
    ...Object.keys(rest),
  ]);
}

/** Permissions have to be what the code does: no less, no more, nothing by pattern. @param {Template} template @returns {string[]} */
export function permissions(template) {
  const [uses, grants] = [used(template), granted(template)];
  return [
    ...[...uses].filter((use) => !grants.has(use)).map((use) => `not granted: ${use}`),
    ...[...grants].filter((grant) => !uses.has(grant)).map((grant) => `granted, but not used: ${grant}`),
    ...[...grants].filter((grant) => /\*|\bany\b/.test(grant)).map((grant) => `too wide: ${grant}`),
    ...(/"string": "all"/.test(template.sections["WEB_PERMISSIONS"] ?? "") ? ["logging outside of preview"] : []),
  ];
}

/** Fields and code have to name the same. @param {Template} template @returns {string[]} */
export function fieldUse({ tree, parameters }) {
  const all = fields(parameters);
  const names = new Set(all.map(({ name }) => name));
  const read = new Set(nodes(tree).filter((node) => node.type === "MemberExpression" && node.object.name === "data").map((node) => node.property.name));
  const conditions = JSON.stringify(parameters).matchAll(/"paramName":"(\w+)"/g);
  return [
    ...[...read].filter((name) => !names.has(name) && !/^gtmOn(Success|Failure)$/.test(name)).map((name) => `no field ${name}`),
    ...[...names].filter((name) => !read.has(name)).map((name) => `${name} is not read`),
    ...[...conditions].filter(([, name]) => !names.has(name)).map(([, name]) => `a condition asks for ${name}`),
    ...all.filter(({ name, simpleTableColumns, simpleValueType }) => !/^[a-z][A-Za-z]*$/.test(name) || !(simpleTableColumns || simpleValueType)).map(({ name }) => `${name} is no field as Google wants it`),
  ];
}

/** A field's name, and what existing tags have stored of it. @param {any} field */
const stored = ({ type, defaultValue }) => [type, defaultValue ?? null];

/**
 * Fields that were released stay what they were: a customer's tags hold their values by these names.
 * @param {Template} template @param {Record<string, unknown>} released @returns {string[]}
 */
export function freeze({ parameters }, released) {
  const now = Object.fromEntries(fields(parameters).map((field) => [field.name, JSON.stringify(stored(field))]));
  return [
    ...Object.entries(released).filter(([name, was]) => now[name] !== JSON.stringify(was)).map(([name]) => `${name} was released otherwise`),
    ...Object.keys(now).filter((name) => !(name in released)).map((name) => `${name} is not in the list of released fields`),
  ];
}
