/**
 * Builds what the browser gets into dist/: core and companion to Wasm, glue, wasm-opt, wasm2js, TypeScript, bundle.
 *
 * Does nothing if no source has changed since the last time.
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, cp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { wasmText } from "./wasm-text.mjs";
import { begin, root, run, Stop } from "./run.mjs";

/** @param {...string} parts */
const at = (...parts) => path.join(root, ...parts);

/** Everything that the result depends on. */
const SOURCES = [
  "src",
  "js",
  "look",
  "scan",
  "bin/mistake.mjs",
  "crates/core/src",
  "crates/bindgen",
  "scripts/build.mjs",
  "scripts/wasm-text.mjs",
  "webpack.config.js",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
  "Cargo.toml",
  "rust-toolchain.toml",
];

/** What the build itself writes among them. */
const WRITTEN = ["js/codes.ts", "js/names.ts", "js/texts.ts"];

/** What today's browsers have: Chrome 96, Firefox 79, Safari 15. */
const FEATURES = ["bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"];

/** How wasm-opt makes the module small; `npm run size` looks at what it made. */
export const PASSES = [
  ...FEATURES.map((feature) => `--enable-${feature}`),
  "--strip-target-features",
  // Where memory begins and ends: the linker's, of no use to us.
  "--remove-exports=__*",
  "--low-memory-unused",
  // In this order by trial: 96 bytes of brotli less than -Oz after --flatten --rereloop.
  "--merge-blocks",
  "--duplicate-function-elimination",
  "--reorder-locals",
  "--flatten",
  "--licm",
  "--heap2local",
  "--rereloop",
  "--precompute-propagate",
  "--pick-load-signs",
  "--reorder-functions",
  "-O2",
  "-O3",
  "-Oz",
];

/** The short name that wasm-opt gives the one module of the imports. */
const MODULE = "a";

/** Compiles the companion, the standard library with it, for size. */
async function compile() {
  const flags = [
    // A panic is a trap, without texts; the wall in js/wall.ts takes it.
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    // Addresses of constants then take a byte less each.
    "-Clink-arg=-zstack-size=16384",
    "-Ctarget-feature=-reference-types,-multivalue",
  ];
  await run("cargo", [
    "build",
    "--package=pixel-twin",
    "--profile=companion",
    "--target=wasm32-unknown-unknown",
    "--target-dir=target/companion",
    "--locked",
    "-Zbuild-std=std,panic_abort",
    "-Zbuild-std-features=optimize_for_size",
    `--config=target.wasm32-unknown-unknown.rustflags=${JSON.stringify(flags)}`,
  ], { env: { RUSTC_BOOTSTRAP: "1" }, show: true });
}

/** Makes the glue, and shortens the names by which it and the module know each other. */
async function bind() {
  await rm(at("build/glue"), { recursive: true, force: true });
  await run("cargo", ["run", "--quiet", "--locked", "--package=twin-bindgen", "--", "target/companion/wasm32-unknown-unknown/companion/pixel_twin.wasm", "build/glue", "pixel_twin", "js"]);
  const wasm = "build/glue/pixel_twin_bg.wasm";
  /** @type {{ imports: [module: string, long: string, short: string][], exports: [long: string, short: string][] }} */
  const names = JSON.parse(await run("node_modules/.bin/wasm-opt", [
    wasm,
    "-o",
    wasm,
    ...PASSES,
    "--minify-imports-and-exports-and-modules",
  ]));
  const glue = at("build/glue/pixel_twin_bg.js");
  let code = await readFile(glue, "utf8");
  for (const [long, short] of names.exports) code = code.replaceAll(`wasm.${long}(`, `wasm.${short}(`);
  // What the glue only passes through, it does not import itself.
  for (const [module, name] of names.imports) if (!module.endsWith("_bg.js")) code += `\nimport { ${name} } from ${JSON.stringify(module)};`;
  const imports = names.imports.map(([, long, short]) => `${short}: ${long}`);
  const memory = names.exports.find(([long]) => long === "memory")?.[1];
  await writeFile(glue, `${code}\nexport const memory = "${memory}";\nexport const imports = { ${MODULE}: { ${imports} } };\n`);
}

/** Makes the same module once more as plain JS, for where no WebAssembly may run. */
async function translate() {
  await run("node_modules/.bin/wasm2js", [
    "build/glue/pixel_twin_bg.wasm",
    "-o",
    "build/plain.js",
    // It knows neither more than one table nor more than one result. The module has none of them.
    ...FEATURES.filter((feature) => feature !== "reference-types" && feature !== "multivalue").map((feature) => `--enable-${feature}`),
    "-Oz",
  ]);
  const code = await readFile(at("build/plain.js"), "utf8");
  // It imports and runs itself; ours waits to be called, with the imports that `WebAssembly.instantiate` would get.
  const [, body] = /^import \* as \w+ from '\w+';\n([^]*\n)var retasmFunc = asmFunc\(/.exec(code) ?? [];
  if (!body) throw new Stop("wasm2js writes its module in another form than before: see translate() in scripts/build.mjs.");
  await writeFile(at("build/plain.js"), `export default (imports) => {\n${body}return asmFunc(imports);\n};\n`);
}

/** @param {string} file of dist @param {(code: string) => string} change */
const rewrite = async (file, change) => writeFile(at("dist", file), change(await readFile(at("dist", file), "utf8")));

/** Compiles TypeScript and bundles. */
async function bundle() {
  await rm(at("dist"), { recursive: true, force: true });
  for (const folder of ["build/js", "build/look"]) await rm(at(folder), { recursive: true, force: true });
  await run("node_modules/.bin/tsc", ["--project", "."]);
  // Style sheets are bundled as text: without comments, and without the spaces that only people need.
  for (const sheet of ["look/look.css", "js/optional/inspect/inspect.css"]) {
    const css = await readFile(at(sheet), "utf8");
    await writeFile(at("build", sheet), css.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/\s+/g, " "));
  }
  const { default: webpack } = await import("webpack");
  const { default: config, PARTS, rules } = await import("../webpack.config.js");
  /** @param {object[]} config @returns {Promise<import("webpack").MultiStats>} */
  const pack = (config) =>
    new Promise((resolve, reject) => webpack(/** @type {import("webpack").Configuration[]} */ (config), (error, stats) => (error || !stats || stats.hasErrors() ? reject(error ?? new Error(stats?.toString())) : resolve(stats))));
  // The scan takes them in as a module.
  await pack([rules]);
  await copyFile(at("scan/core/rules.d.mts"), at("build/rules.d.mts"));
  await writeLicences(await pack(config));
  // The module's bytes stand at the end: compressed, the code and they disturb each other least.
  const text = wasmText(await readFile(at("build/glue/pixel_twin_bg.wasm")));
  // A BOM makes the tag's file UTF-8 whatever the page and the server say; the bytes depend on it.
  await rewrite("twin.js", (code) => `\uFEFF((WASM_TEXT)=>{${code}})(${text})`);
  await rewrite("index.js", (code) => code.replace(/\n*(\/\/# sourceMappingURL.*)?\s*$/, (_, map) => `const WASM_TEXT=${text};\n${map ?? ""}\n`));
  await copyFile(at("build/glue/pixel_twin_bg.wasm"), at("dist/pixel-twin.wasm"));
  for (const data of ["texts", "names"]) await copyFile(at(`build/js/${data}.js`), at(`dist/${data}.js`));
  for (const part of PARTS) await copyFile(at("dist", `${part}.js`), at("dist", `twin-${part}.js`));
  // The same under names that never change what they hold, for caches without end.
  const { version } = JSON.parse(await readFile(at("package.json"), "utf8"));
  for (const name of ["twin", ...PARTS.map((part) => `twin-${part}`)]) await copyFile(at("dist", `${name}.js`), at("dist", `${name}.${version}.js`));
  await cp(at("build/js/frameworks"), at("dist/frameworks"), { recursive: true });
  for (const types of ["index.d.ts", "types.d.ts"]) await copyFile(at("build/js", types), at("dist", types));
  for (const part of ["data-layer", "forms"]) {
    const types = await readFile(at(`build/js/optional/${part}.d.ts`), "utf8");
    await writeFile(at(`dist/${part}.d.ts`), types.replaceAll('"../', '"./'));
  }
  await copyFile(at("js/plain.d.ts"), at("dist/plain.d.ts"));
}

/** Writes the licences of what others have written and the scan's file holds. @param {import("webpack").MultiStats} stats */
async function writeLicences(stats) {
  const { children = [] } = stats.toJson({ all: false, modules: true, nestedModules: true, modulesSpace: Infinity });
  const names = children.flatMap(({ modules = [] }) => modules).flatMap(({ name, modules = [] }) => [name, ...modules.map(({ name }) => name)]);
  const packages = new Set(names.flatMap((name) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(name ?? "")?.[0] ?? []));
  const texts = [...packages].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(at(folder, "package.json"), "utf8"));
    const file = (await readdir(at(folder))).find((file) => /^licen[cs]e/i.test(file));
    return `${name} ${version} (${license})\n\n${file ? (await readFile(at(folder, file), "utf8")).trim() : `License: ${license}`}\n`;
  });
  await writeFile(at("dist/scan.licenses.txt"), (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n\n`));
}

/** Writes what a page may pin the script tag's files to: their hashes for Subresource Integrity. */
async function pin() {
  const files = (await readdir(at("dist"))).filter((file) => /^twin.*\.js$/.test(file)).sort();
  const hash = async (/** @type {string} */ file) => `sha384-${createHash("sha384").update(await readFile(at("dist", file))).digest("base64")}`;
  const hashes = Object.fromEntries(await Promise.all(files.map(async (file) => [file, await hash(file)])));
  await writeFile(at("dist/integrity.json"), `${JSON.stringify(hashes, null, 2)}\n`);
}

/** Says the hashes of the tag's files, for their `integrity`. */
async function sayHashes() {
  const hashes = JSON.parse(await readFile(at("dist/integrity.json"), "utf8"));
  for (const [file, hash] of Object.entries(hashes)) console.log(`companion: ${file.padEnd(26)} ${hash}`);
}

/** Of every file that the result depends on. */
async function hashOfSources() {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    const isFolder = (await stat(at(source))).isDirectory();
    const files = isFolder ? (await readdir(at(source), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).sort() : [at(source)];
    for (const file of files) if (!WRITTEN.includes(path.relative(root, file))) hash.update(path.relative(root, file)).update("\0").update(await readFile(file)).update("\0");
  }
  return hash.digest("hex");
}

/** Builds what the browser gets, unless it is there already. */
export async function build() {
  const hash = await hashOfSources();
  const stamp = await readFile(at("build/stamp"), "utf8").catch(() => "");
  if (stamp === hash && existsSync(at("dist/integrity.json"))) {
    console.log("companion: up to date");
    return sayHashes();
  }
  console.log("companion: compiling to WebAssembly (a minute the first time)");
  await compile();
  await bind();
  await translate();
  console.log("companion: bundling");
  await bundle();
  await pin();
  await writeFile(at("build/stamp"), hash);
  await sayHashes();
}

if (process.argv[1] === import.meta.filename) await begin(build);
