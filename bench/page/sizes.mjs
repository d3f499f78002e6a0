/**
 * The bytes of ours and of what a shop would otherwise ship: each set up and called once, bundled by the same bundler.
 */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { brotliBytes, gzipBytes } from "../../scripts/compressed.mjs";
import { table, version } from "./results.mjs";

/** @param {string} path */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** @param {string} path @returns {Promise<string>} */
export async function bundle(path) {
  const { outputFiles } = await build({ entryPoints: [here(path)], bundle: true, minify: true, format: "esm", target: "es2022", write: false, external: ["./plain.js", "./texts.js", "./names.js", "./signals.js", "./adopt.js", "./views.js", "./forms.js", "./data-layer.js", "./inspect.js"] });
  return outputFiles[0]?.text ?? "";
}

/** What each does for a purchase: an id for both twins, Meta's Pixel, and the post to the shop's server. */
const PEERS = [
  { name: "pixel-twin, npm", file: "bundles/pixel-twin.js", does: ["yes", "yes", "yes, kept and tried again"], note: "its optional parts are not counted" },
  { name: "Meta Parameter Builder", file: "bundles/parameter-builder.js", from: "meta-capi-param-builder-clientjs", does: ["no", "no", "no: fetch by hand"], note: "makes fbp and fbc, hashes 11 fields" },
  { name: "react-facebook-pixel", file: "bundles/react-facebook-pixel.js", from: "react-facebook-pixel", does: ["no, and takes none", "yes", "no"], note: "a wrapper of fbq: smallest, half the job" },
  { name: "Segment", file: "bundles/segment.js", from: "@segment/analytics-next", does: ["message id", "by an integration loaded later, not counted", "to Segment's servers, tried again"], note: "every other destination, too" },
  { name: "Snowplow", file: "bundles/snowplow.js", from: "@snowplow/browser-tracker", does: ["own event id", "no", "to a collector, tried again"], note: "analytics; Meta only behind the collector" },
  { name: "RudderStack", file: "bundles/rudderstack.js", from: "@rudderstack/analytics-js", does: ["message id", "by an integration loaded later, not counted", "to its data plane, tried again"], note: "every other destination, too" },
  { name: "PostHog", file: "bundles/posthog.js", from: "posthog-js", does: ["own event id", "no", "to PostHog, tried again"], note: "recordings, flags and surveys, too; Meta only behind it" },
];

/** @param {string | Buffer} code */
function measures(code) {
  const bytes = Buffer.from(code);
  return [bytes.length, gzipBytes(bytes), brotliBytes(bytes)];
}

/** The table of bytes. */
export async function sizes() {
  const rows = [["pixel-twin, twin.js", ...measures(readFileSync(here("../../dist/twin.js"))), "yes", "yes", "yes, kept and tried again", "the script tag's file as it ships"]];
  for (const { name, file, from, does, note } of PEERS) rows.push([from ? `${name} ${version(from)}` : name, ...measures(await bundle(file)), ...does, note]);
  rows.push(["Meta Parameter Builder, its own file", ...measures(readFileSync(here("node_modules/meta-capi-param-builder-clientjs/dist/clientParamBuilder.bundle.js"))), "no", "no", "no", "the script tag's file as it ships"]);
  return table(["what", "raw", "gzip 9", "brotli 11", "id for both twins", "fires the Pixel", "posts to a server", "besides"], rows);
}
