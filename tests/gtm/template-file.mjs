/**
 * Reads a template as Google's editor does: by its sections.
 */

import { parse as parseJs } from "acorn";

/** @typedef {{ name: string, code: string }} Scenario */

/** A file's sections by name. @param {string} text */
function sections(text) {
  const parts = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n").split(/^___([A-Z_]+)___\n/m).slice(1);
  return Object.fromEntries(Array.from({ length: parts.length / 2 }, (_, place) => [parts[place * 2] ?? "", (parts[place * 2 + 1] ?? "").trim()]));
}

/** A line's text, in quotes or without. @param {string} text */
const scalar = (text) => (text.startsWith('"') ? JSON.parse(text) : text.replace(/^'(.*)'$/, (_, inner) => inner.replaceAll("''", "'")));

/** The block of deeper lines that begins there. @param {string[]} lines @param {number} start */
function blockAt(lines, start) {
  const indent = /^ */.exec(lines[start] ?? "")?.[0].length ?? 0;
  let end = start;
  while (end < lines.length && (lines[end]?.trim() === "" || /^ */.exec(lines[end] ?? "")?.[0].length !== 0) && (lines[end]?.trim() === "" || (lines[end] ?? "").startsWith(" ".repeat(indent)))) end++;
  return lines.slice(start, end).map((line) => line.slice(indent)).join("\n").trimEnd();
}

/** The tests of a template: the YAML that Google's editor writes, and no more of it. @param {string} text @returns {{ scenarios: Scenario[], setup: string }} */
function readTests(text) {
  const lines = text.split("\n");
  /** @type {Scenario[]} */
  const scenarios = [];
  let setup = "";
  for (const [place, line] of lines.entries()) {
    const [, name] = /^- name: (.*)$/.exec(line) ?? [];
    const [, key, code = ""] = /^ {0,2}(code|setup): (.*)$/.exec(line) ?? [];
    const value = /^[|>]-?$/.test(code) ? blockAt(lines, place + 1) : scalar(code);
    if (name) scenarios.push({ name: scalar(name), code: "" });
    else if (key === "setup") setup = value;
    else if (key === "code") Object.assign(scenarios.at(-1) ?? {}, { code: value });
  }
  return { scenarios, setup };
}

/** A syntax tree with line numbers. @param {string} code @returns {any} */
export const parse = (code) => parseJs(code, { ecmaVersion: 2022, allowReturnOutsideFunction: true, locations: true });

/** Everything that a template has, ready for use. @param {string} text */
export function readTemplate(text) {
  const found = sections(text);
  const code = found["SANDBOXED_JS_FOR_WEB_TEMPLATE"] ?? "";
  return {
    sections: found,
    code,
    tree: parse(code),
    info: JSON.parse(found["INFO"] ?? ""),
    parameters: /** @type {any[]} */ (JSON.parse(found["TEMPLATE_PARAMETERS"] ?? "")),
    permissions: /** @type {any[]} */ (JSON.parse(found["WEB_PERMISSIONS"] ?? "[]")),
    tests: readTests(found["TESTS"] ?? ""),
  };
}

/** Every field of a template, however deep in groups and choices. @param {any[]} parameters @returns {any[]} */
export const fields = (parameters) =>
  parameters.flatMap((one) => [...(one.type === "GROUP" || one.type === "LABEL" ? [] : [one]), ...fields(one.subParams ?? []), ...(one.radioItems ?? []).flatMap((/** @type {any} */ item) => fields(item.subParams ?? []))]);
