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

/** @param {(part: string) => string} beside code for where an optional part is */
const define = (beside) => new webpack.DefinePlugin({ VERSION: JSON.stringify(version), TEXTS: beside("texts.js"), PLAIN: beside("plain.js") });

const shared = {
  mode: "production",
  devtool: false,
  target: ["web", "es2020"],
  module: {
    rules: [{ test: /\.wasm$/, type: "javascript/auto", use: folder("scripts/wasm-text-loader.cjs") }],
    parser: { javascript: { url: false, importMeta: false } },
  },
  optimization: {
    minimizer: [
      new TerserPlugin({
        extractComments: false,
        terserOptions: { ecma: 2020, toplevel: true, compress: { passes: 3 }, format: { ascii_only: false, comments: false } },
      }),
    ],
  },
  performance: { hints: false },
};

/** The script tag's file. A BOM makes it UTF-8 whatever the page and the server say; the module's bytes depend on it. */
const script = {
  ...shared,
  // The script's own address has to be asked for while it runs. One that stands in the page has none.
  plugins: [
    define((part) => `new URL("twin-${part}",document.currentScript?.src||document.baseURI)`),
    new webpack.BannerPlugin({ banner: "\uFEFF", raw: true, stage: webpack.Compilation.PROCESS_ASSETS_STAGE_REPORT }),
  ],
  entry: folder("build/js/script.js"),
  output: { path: folder("dist"), filename: "twin.js", chunkFilename: "twin-[name].js", iife: true },
};

/** The npm package's module. */
const esm = {
  ...shared,
  plugins: [define((part) => `"./${part}"`)],
  entry: folder("build/js/index.js"),
  experiments: { outputModule: true },
  output: { path: folder("dist"), filename: "index.js", chunkFilename: "[name].js", library: { type: "module" } },
};

/** The rules as plain JS, which both load where no WebAssembly may run. */
const plain = {
  ...shared,
  entry: folder("build/plain.js"),
  experiments: { outputModule: true },
  output: { path: folder("dist"), filename: "plain.js", library: { type: "module" } },
};

export default [script, esm, plain];
