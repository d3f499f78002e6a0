/**
 * The shape that ARCHITECTURE.md promises: who may depend on whom, and one door each to what is the page's.
 */

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { root, run } from "../scripts/run.mjs";
import { versions } from "../scripts/versions.mjs";

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

/** Each door, and the one file of js/ that may go through it; `also`: parts that are loaded alone, and why. */
const DOORS = [
  { name: "cookies", pattern: /\bdocument\.cookie\b/, file: "storage.ts" },
  { name: "storage", pattern: /\b(local|session)Storage\b[^"]/, file: "storage.ts", also: ["optional/inspect.ts"] }, // The tab's own switch, with consent.
  { name: "network", pattern: /\bfetch\(|sendBeacon|XMLHttpRequest/, file: "net.ts", also: ["module-file.ts"] }, // Gets its own module, from beside itself.
  { name: "Pixel", pattern: /\bfbq\b/, file: "pixel.ts", also: ["optional/adopt.ts", "optional/gtm.ts"] }, // Listens to the page's own calls, never makes one; switches off what the shop wants off, before any call.
  { name: "lifecycle", pattern: /pagehide|visibilitychange/, file: "lifecycle.ts", also: ["optional/data-layer.ts", "optional/inspect.ts"] }, // What is pushed in the page's last moment: it only looks; what the tab keeps goes with consent.
];

for (const { name, pattern, file, also = [] } of DOORS) {
  test(`one door to the ${name}`, async () => {
    const through = [];
    for (const source of (await readdir(path.join(root, "js"), { recursive: true })).filter((name) => name.endsWith(".ts")).sort()) {
      const code = (await readFile(path.join(root, "js", source), "utf8")).replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
      if (source !== "texts.ts" && pattern.test(code)) through.push(source);
    }
    assert.deepEqual(through, [file, ...also].sort());
  });
}

test("package, crates and the newest entry of the changelog have one version", async () => {
  const { "package.json": version, ...others } = await versions();
  for (const [file, other] of Object.entries(others)) assert.equal(other, version, file);
});

test("a part that is loaded alone brings nothing of the companion's with it", async () => {
  for (const source of (await readdir(path.join(root, "js/optional"), { recursive: true })).filter((name) => name.endsWith(".ts"))) {
    const code = await readFile(path.join(root, "js/optional", source), "utf8");
    const imports = [...code.matchAll(/^import (type )?.* from "(.*)";$/gm)];
    for (const [line, isType, from] of imports) assert.ok(isType || from?.startsWith("./") || /^[./]+\/look\//.test(from ?? ""), `${source}: ${line}`);
  }
});

test("the npm module names its parts literally, so that bundlers find them, and they are there", async () => {
  const code = await readFile(path.join(root, "dist/index.js"), "utf8");
  const parts = [...code.matchAll(/\bimport\(([^)]*)\)/g)].map(([, address]) => address);
  assert.deepEqual(parts.sort(), ["adopt", "data-layer", "forms", "inspect", "names", "plain", "signals", "texts", "views"].map((part) => `"./${part}.js"`));
  const files = await readdir(path.join(root, "dist"));
  for (const part of ["adopt.js", "data-layer.js", "forms.js", "inspect.js", "names.js", "plain.js", "signals.js", "texts.js", "views.js", "data-layer.d.ts", "forms.d.ts", "plain.d.ts"]) assert.ok(files.includes(part), part);
});
