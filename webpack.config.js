/**
 * Bundles what tsc and wasm-bindgen made into the files that ship, the module inside as text.
 */

import { readFileSync } from "node:fs";
import path from "node:path";
import TerserPlugin from "terser-webpack-plugin";
import webpack from "webpack";

/** @param {string} name */
const folder = (name) => path.join(import.meta.dirname, name);
const { version } = JSON.parse(readFileSync(folder("package.json"), "utf8"));

/** What twin.js and index.js load from beside them; `gtm` twin.js alone. */
export const PARTS = ["texts", "names", "plain", "signals", "adopt", "views", "forms", "data-layer", "inspect", "gtm"];

/** @param {string} load how a part is loaded by its name, as code */
const define = (load) => new webpack.DefinePlugin({ VERSION: JSON.stringify(version), LOAD: load });

const shared = {
  // Not where the build was called from: names of modules, and with them the bytes, would depend on it.
  context: import.meta.dirname,
  mode: "production",
  devtool: false,
  target: ["web", "es2020"],
  module: {
    parser: { javascript: { url: false, importMeta: false } },
    // Style sheets as text: the inspector puts them into its own shadow root.
    rules: [{ test: /\.css$/, type: "asset/source" }],
  },
  optimization: {
    minimizer: [
      new TerserPlugin({
        extractComments: false,
        terserOptions: {
          ecma: 2020,
          toplevel: true,
          compress: { passes: 3, unsafe_arrows: true },
          // Names of our own objects alone: none that a page or the platform knows.
          mangle: { properties: { regex: /^(isUnderWay|goesAlone|bytes|json|own|order|route)$/ } },
          format: { ascii_only: false, comments: false },
        },
      }),
    ],
  },
  performance: { hints: false },
};

/** The script tag's file. */
const script = {
  ...shared,
  plugins: [
    // Beside the script's own address, with the same version or query. Nowhere, rather than an error, where the shop has
    // pasted the script in.
    define('((address)=>(name)=>import(address?.replace(/(?:twin(?=\\.))?([^/]*)$/,(file,end)=>"twin-"+name+(file===end?".js":end))))(document.currentScript?.src)'),
  ],
  entry: folder("build/js/script.js"),
  output: { path: folder("dist"), filename: "twin.js", chunkFilename: "twin-[name].js", iife: true },
};

/** The npm package's module, with a map to its sources. */
const esm = {
  ...shared,
  devtool: "source-map",
  module: { ...shared.module, rules: [...shared.module.rules, { test: /build.js.*\.js$/, enforce: "pre", use: "source-map-loader" }] },
  plugins: [define(`(name)=>({${PARTS.filter((part) => part !== "gtm").map((part) => `"${part}":()=>import("./${part}.js")`)}})[name]()`)],
  entry: folder("build/js/index.js"),
  experiments: { outputModule: true },
  output: { path: folder("dist"), filename: "index.js", chunkFilename: "[name].js", library: { type: "module" } },
};

/** The same with the module as a file of its own, which the browser compiles while it comes. */
const streaming = {
  ...esm,
  entry: folder("build/js/index.js"),
  resolve: { alias: { [folder("build/js/module-text.js")]: folder("build/js/module-file.js") } },
  output: { ...esm.output, filename: "wasm.js" },
};

/** The parts that are loaded only when used; the same for both. */
const parts = {
  ...shared,
  entry: { "data-layer": folder("build/js/optional/data-layer.js"), forms: folder("build/js/optional/forms.js"), signals: folder("build/js/optional/signals.js"), adopt: folder("build/js/optional/adopt.js"), views: folder("build/js/optional/views.js"), inspect: folder("build/js/optional/inspect.js"), gtm: folder("build/js/optional/gtm.js"), plain: folder("build/plain.js") },
  experiments: { outputModule: true },
  output: { path: folder("dist"), filename: "[name].js", library: { type: "module" } },
};

/** The module that runs in pages, for the scan, which runs it in Node on what it saw; see scan/core/. */
export const rules = {
  context: shared.context,
  mode: "production",
  devtool: false,
  target: ["node20", "es2022"],
  entry: folder("scan/core/rules.mjs"),
  module: { rules: [{ test: /\.wasm$/, type: "asset/inline" }], parser: shared.module.parser },
  // The page's doors lead to one in memory.
  resolve: { alias: Object.fromEntries(["storage", "outbox", "pixel", "notices", "lookup"].map((door) => [folder(`build/js/${door}.js`), folder("scan/core/page.mjs")])) },
  plugins: [new webpack.ProvidePlugin(Object.fromEntries(["location", "navigator"].map((name) => [name, [folder("scan/core/page.mjs"), name]])))],
  optimization: { minimize: false },
  experiments: { outputModule: true },
  output: { path: folder("build"), filename: "rules.mjs", library: { type: "module" } },
  performance: { hints: false },
};

/** `npx pixel-twin scan`, in one file with what drives the browser. */
const scan = {
  ...rules,
  entry: folder("scan/command.mjs"),
  // What puppeteer downloads browsers with; the scan takes one that is there.
  resolve: { alias: Object.fromEntries(["proxy-agent", "yargs", "yargs/helpers", "extract-zip", "tar-fs"].map((unused) => [unused, false])) },
  // One file: what is loaded only when used is in it, too. `ws` can do without what is faster at masking.
  plugins: [new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 }), new webpack.IgnorePlugin({ resourceRegExp: /^(bufferutil|utf-8-validate)$/ })],
  module: { rules: [{ test: /\.css$/, type: "asset/source" }], parser: rules.module.parser },
  optimization: { minimizer: [new TerserPlugin({ extractComments: false, terserOptions: { format: { comments: false } } })] },
  output: { path: folder("dist"), filename: "scan.mjs", library: { type: "module" } },
};

export default [script, esm, streaming, parts, scan];
