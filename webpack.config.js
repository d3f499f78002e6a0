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

/** @param {string} parts what the addresses of the parts start with, as code */
const define = (parts) => new webpack.DefinePlugin({ VERSION: JSON.stringify(version), PARTS: parts });

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

/** The script tag's file. A BOM makes it UTF-8 whatever the page and the server say; the module's bytes depend on it. */
const script = {
  ...shared,
  plugins: [
    // The folder of the script's own address. Nowhere, rather than an error, where the shop has pasted the script in.
    define('document.currentScript?.src.replace(/[^/]*([?#].*)?$/,"twin-")'),
    new webpack.BannerPlugin({ banner: "\uFEFF", raw: true, stage: webpack.Compilation.PROCESS_ASSETS_STAGE_REPORT }),
  ],
  entry: folder("build/js/script.js"),
  output: { path: folder("dist"), filename: "twin.js", chunkFilename: "twin-[name].js", iife: true },
};

/** The npm package's module. */
const esm = {
  ...shared,
  plugins: [define('"./"')],
  entry: folder("build/js/index.js"),
  experiments: { outputModule: true },
  output: { path: folder("dist"), filename: "index.js", chunkFilename: "[name].js", library: { type: "module" } },
};

/** The parts that are loaded only when used; the same for both. */
const parts = {
  ...shared,
  entry: { "data-layer": folder("build/js/optional/data-layer.js"), forms: folder("build/js/optional/forms.js"), signals: folder("build/js/optional/signals.js"), adopt: folder("build/js/optional/adopt.js"), views: folder("build/js/optional/views.js"), plain: folder("build/plain.js") },
  experiments: { outputModule: true },
  output: { path: folder("dist"), filename: "[name].js", library: { type: "module" } },
};

export default [script, esm, parts];
