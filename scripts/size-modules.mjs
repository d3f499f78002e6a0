/**
 * What each module of the source costs in `twin.js`: raw bytes, and how many fewer brotli makes of the rest without it.
 * Functions of the Wasm module go to the Rust module that they come from, as far as the compiler has left them apart: what it
 * puts into its callers counts as theirs. JavaScript goes by the map of `index.js`, which is the same code.
 */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { PASSES } from "./build.mjs";
import { brotliBytes } from "./compressed.mjs";
import { root, run } from "./run.mjs";

/** Where the module comes from, its functions still under their names. */
const COMPILED = path.join(root, "target/companion/wasm32-unknown-unknown/companion/pixel_twin.wasm");

/** @typedef {{ name: string, pieces: Uint8Array[] }} Module */

/** Reads Wasm's numbers and texts one after the other. @param {Uint8Array} bytes */
function reader(bytes, at = 0) {
  const number = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const take = (/** @type {number} */ length) => bytes.subarray(at, (at += length));
  return { number, take, text: () => new TextDecoder().decode(take(number())), isAtEnd: () => at >= bytes.length };
}

/** The sections of a Wasm module by their number; of custom ones the names of functions. @param {Uint8Array} bytes */
function sections(bytes) {
  /** @type {Map<number, Uint8Array>} */
  const found = new Map();
  /** @type {Map<number, string>} */
  const names = new Map();
  for (const all = reader(bytes, 8); !all.isAtEnd(); ) {
    const id = all.number();
    const section = all.take(all.number());
    found.set(id, section);
    const custom = reader(section);
    if (id !== 0 || custom.text() !== "name") continue;
    while (!custom.isAtEnd()) {
      const kind = custom.number();
      const list = reader(custom.take(custom.number()));
      // 1: functions.
      if (kind === 1) for (let count = list.number(); count > 0; count--) names.set(list.number(), list.text());
    }
  }
  return { found, names };
}

/** How many functions are imported, and so have numbers but no code. @param {Uint8Array} imports */
function importedFunctions(imports) {
  const list = reader(imports);
  let functions = 0;
  for (let count = list.number(); count > 0; count--) {
    list.text();
    list.text();
    // The page's functions are all that this module imports; what comes after the kind is the number of their type.
    if (list.number() === 0) functions += 1;
    list.number();
  }
  return functions;
}

/** The source file of a function, by its mangled name: `…9twin_core7cookies…` is in `cookies` of twin_core. @param {string} mangled */
function home(mangled) {
  const [, crate = "", digits = "", rest = ""] = /(9twin_core|10pixel_twin)(\d+)(\w*)/.exec(mangled) ?? [];
  const module = rest.slice(0, Number(digits));
  if (!module) return "Rust's library and what binds the module";
  return `${crate === "9twin_core" ? "crates/core/src" : "src"}/${module}`;
}

/** @returns {Promise<Module[]>} */
async function wasmModules() {
  const temp = await mkdtemp(path.join(tmpdir(), "twin-size-"));
  const out = path.join(temp, "named.wasm");
  await run("node_modules/.bin/wasm-opt", [COMPILED, "-o", out, "--debuginfo", ...PASSES]);
  const { found, names } = sections(await readFile(out));
  await rm(temp, { recursive: true });
  const imported = importedFunctions(found.get(2) ?? new Uint8Array());
  /** @type {Map<string, Uint8Array[]>} */
  const modules = new Map([["data: patterns, texts, tables", [found.get(11) ?? new Uint8Array()]]]);
  const code = reader(found.get(10) ?? new Uint8Array());
  const count = code.number();
  for (let index = 0; index < count; index++) {
    const name = home(names.get(imported + index) ?? "");
    modules.set(name, [...(modules.get(name) ?? []), code.take(code.number())]);
  }
  return [...modules].map(([name, pieces]) => ({ name, pieces }));
}

/** @returns {Promise<Module[]>} */
async function scriptModules() {
  const [code = ""] = (await readFile(path.join(root, "dist/index.js"), "utf8")).split(/const WASM_TEXT=|\n/);
  const map = new SourceMap(JSON.parse(await readFile(path.join(root, "dist/index.js.map"), "utf8")));
  /** @type {Map<string, string>} */
  const modules = new Map();
  for (let column = 0; column < code.length; column++) {
    const entry = map.findEntry(0, column);
    const name = ("originalSource" in entry && /(?:js|build)\/.*$/.exec(entry.originalSource)?.[0]) || "webpack's";
    modules.set(name, (modules.get(name) ?? "") + code[column]);
  }
  return [...modules].map(([name, text]) => ({ name, pieces: [Buffer.from(text)] }));
}

/** @param {Uint8Array[]} pieces */
const brotli = (pieces) => brotliBytes(Buffer.concat(pieces));

/** The table of a half, the dearest first. @param {string} title @param {Module[]} modules */
function table(title, modules) {
  const all = brotli(modules.flatMap(({ pieces }) => pieces));
  const rows = modules.map(({ name, pieces }) => ({ name, raw: pieces.reduce((sum, { length }) => sum + length, 0), alone: all - brotli(modules.filter((other) => other.name !== name).flatMap((other) => other.pieces)) }));
  const total = { name: "together", raw: rows.reduce((sum, { raw }) => sum + raw, 0), alone: all };
  const line = (/** @type {{ name: string, raw: number | string, alone: number | string }} */ row) => `${row.name.padEnd(38)}${String(row.raw).padStart(8)}${String(row.alone).padStart(8)}`;
  return [line({ name: title, raw: "raw", alone: "brotli" }), ...rows.sort((a, b) => b.alone - a.alone || a.name.localeCompare(b.name)).map(line), line(total)];
}

/** Lines for both halves of `twin.js`. Needs the build. */
export async function measureModules() {
  return [...table("WebAssembly", await wasmModules()), "", ...table("JavaScript", await scriptModules())];
}
