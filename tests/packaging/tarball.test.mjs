/**
 * The npm package as it is packed: its files, what the registry's linters say of it, and its source maps.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { root, run } from "../../scripts/run.mjs";
import { PARTS } from "../../webpack.config.js";
import { openFolder, pack, unpack } from "./support/package.mjs";

/** @type {Awaited<ReturnType<typeof openFolder>>} */
let temp;
/** @type {Awaited<ReturnType<typeof pack>>} */
let packed;
/** Where it is unpacked. */
let place = "";
before(async () => {
  temp = await openFolder();
  packed = await pack(temp.folder);
  place = await unpack(temp.folder, packed.tarball);
});
after(() => temp?.remove());

/** @param {string} file of the package */
const read = (file) => readFile(path.join(place, file), "utf8");

/** Everything that it holds, and who needs it. */
const FILES = [
  ...["package.json", "README.md", "LICENSE", "CHANGELOG.md"],
  // npx pixel-twin, and the templates that it writes.
  ...["bin/pixel-twin.mjs", "bin/gtm.mjs", "bin/mistake.mjs", "dist/scan.mjs", "dist/scan.licenses.txt", "gtm/container.json", "gtm/event-id/template.tpl", "gtm/tag/template.tpl"],
  // The script tag.
  ...["js/stub.js", "dist/twin.js", "dist/integrity.json", ...PARTS.map((part) => `dist/twin-${part}.js`)],
  // The modules.
  ...["index.js", "wasm.js", "frameworks/react.js", "frameworks/vue.js"].flatMap((file) => [`dist/${file}`, `dist/${file}.map`]),
  ...["dist/pixel-twin.wasm", ...PARTS.map((part) => `dist/${part}.js`)],
  ...["index", "types", "data-layer", "forms", "plain", "frameworks/react", "frameworks/vue"].map((name) => `dist/${name}.d.ts`),
];

test("holds what its users need, and nothing else", () => {
  assert.deepEqual(packed.files.toSorted(), FILES.toSorted());
});

test("has no dependencies; a framework is the app's own", async () => {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta, scripts } = JSON.parse(await read("package.json"));
  assert.deepEqual([dependencies, optionalDependencies], [undefined, undefined]);
  assert.deepEqual(Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional), []);
  // Nothing of ours runs when it is installed.
  for (const name of ["preinstall", "install", "postinstall", "prepare"]) assert.ok(!(name in scripts), name);
});

test("names no place on the machine that built it", async () => {
  const places = [root, `${homedir()}/`, process.env["CARGO_HOME"], process.env["RUSTUP_HOME"], ".cargo/", ".rustup/", "/rustc/", "node_modules", "file://"].filter((place) => place !== undefined);
  for (const file of packed.files) {
    const text = await read(file);
    // What drives the browser knows the addresses of files, but none of this machine.
    for (const place of places.filter((place) => place !== "file://" || file !== "dist/scan.mjs")) assert.ok(!text.includes(place), `${place} is in ${file}`);
  }
});

test("publint has nothing to say", async () => {
  assert.match(await run("node_modules/.bin/publint", ["run", "--strict", packed.tarball]), /All good/);
});

test("types resolve as the modules do, wherever ES modules are", async () => {
  // The files of the script tag have no types.
  const out = await run("node_modules/.bin/attw", [packed.tarball, "--profile=esm-only", "--exclude-entrypoints=./dist/*", "--format=json"]);
  const { analysis } = JSON.parse(out);
  assert.deepEqual(Object.keys(analysis.entrypoints), [".", "./wasm", "./react", "./vue", "./package.json"]);
  for (const [name, { resolutions }] of Object.entries(analysis.entrypoints)) assert.ok(resolutions.bundler.resolution && resolutions["node16-esm"].resolution, name);
});

/** Where a text of a module was written. */
const WRITTEN = [
  { file: "dist/index.js", text: "console.warn(", source: "js/notices.ts" },
  { file: "dist/index.js", text: "WebAssembly.instantiate(", source: "js/module-text.ts" },
  { file: "dist/wasm.js", text: "WebAssembly.instantiateStreaming(", source: "js/module-file.ts" },
  { file: "dist/frameworks/react.js", text: "function TwinProvider(", source: "js/frameworks/react.ts" },
  { file: "dist/frameworks/vue.js", text: "function useTwin(", source: "js/frameworks/vue.ts" },
];

test("every map has its sources in it, and leads there", async () => {
  for (const { file, text, source } of WRITTEN) {
    const code = await read(file);
    assert.ok(code.trimEnd().endsWith(`//# sourceMappingURL=${path.basename(file)}.map`), file);
    const payload = JSON.parse(await read(`${file}.map`));
    const map = new SourceMap(payload);
    const contents = new Map(payload.sources.map((/** @type {string} */ name, /** @type {number} */ at) => [name, payload.sourcesContent?.[at]]));
    for (const [name, content] of contents) assert.ok(content, `${name} in ${file}.map`);

    const lines = code.split("\n");
    const line = lines.findIndex((line) => line.includes(text));
    const entry = map.findEntry(line, lines[line]?.indexOf(text) ?? -1);
    assert.ok("originalSource" in entry && entry.originalSource.endsWith(source), `${text} of ${file} is in ${JSON.stringify(entry)}`);
    const original = contents.get(entry.originalSource).split("\n")[entry.originalLine].slice(entry.originalColumn);
    assert.ok(original.replace(/^\s*(export )?/, "").startsWith(text), `${text} of ${file} is at ${original}`);
  }
});
