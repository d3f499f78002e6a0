/**
 * The shape that ARCHITECTURE.md promises: who may depend on whom, and one door each to what is the page's.
 */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { root, run } from "../scripts/run.mjs";

/** @returns {Promise<{ name: string, dependencies: { name: string, kind: string | null, optional: boolean }[] }[]>} */
const packages = async () => JSON.parse(await run("cargo", ["metadata", "--format-version=1", "--no-deps", "--locked"])).packages;

/** What ships with a crate, the optional apart. @param {string} name */
async function dependencies(name) {
  const found = (await packages()).find((crate) => crate.name === name);
  assert.ok(found, name);
  return found.dependencies.filter(({ kind, optional }) => kind !== "dev" && !optional).map((dependency) => dependency.name).sort();
}

test("the core depends on nothing; natively on an engine for its patterns, which the module does not carry", async () => {
  assert.deepEqual(await dependencies("twin-core"), []);
  const carried = await run("cargo", ["tree", "--package=pixel-twin", "--target=wasm32-unknown-unknown", "--edges=normal,no-proc-macro", "--prefix=none", "--format={p}", "--locked"]);
  const names = new Set(carried.split("\n").map((line) => line.split(" ")[0]));
  assert.ok(names.has("twin-core"), carried);
  for (const engine of ["regex", "regex-automata", "serde_json", "sha2"]) assert.ok(!names.has(engine), carried);
});

test("the companion depends on the core and on what binds it to the page", async () => {
  assert.deepEqual(await dependencies("pixel-twin"), ["twin-core", "wasm-bindgen"]);
});

test("the stand-in judges by code of its own", async () => {
  const ours = (await packages()).map(({ name }) => name);
  assert.deepEqual((await dependencies("twin-standin")).filter((name) => ours.includes(name)), []);
});

test("the relay takes its rules from the core", async () => {
  const ours = (await packages()).map(({ name }) => name);
  assert.deepEqual((await dependencies("twin-relay")).filter((name) => ours.includes(name)), ["twin-core"]);
});

test("the npm package has no dependencies at run time", async () => {
  const { dependencies, peerDependencies } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  assert.deepEqual([dependencies, peerDependencies], [undefined, undefined]);
});

/** Each door, and the one file of js/ that may go through it. */
const DOORS = [
  { name: "cookies", pattern: /\bdocument\.cookie\b/, file: "storage.ts" },
  { name: "storage", pattern: /\b(local|session)Storage\b[^"]/, file: "storage.ts" },
  { name: "network", pattern: /\bfetch\(|sendBeacon|XMLHttpRequest/, file: "net.ts" },
  { name: "Pixel", pattern: /\bfbq\b/, file: "pixel.ts" },
  { name: "lifecycle", pattern: /pagehide|visibilitychange/, file: "outbox.ts" },
];

for (const { name, pattern, file } of DOORS) {
  test(`one door to the ${name}`, async () => {
    const through = [];
    for (const source of await readdir(path.join(root, "js"))) {
      const code = (await readFile(path.join(root, "js", source), "utf8")).replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
      if (source !== "texts.ts" && pattern.test(code)) through.push(source);
    }
    assert.deepEqual(through, [file]);
  });
}
