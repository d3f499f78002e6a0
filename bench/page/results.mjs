/**
 * How figures become text: medians, and tables in Markdown.
 */

import { readFileSync } from "node:fs";
import os from "node:os";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** The version of a package that the bench has installed. @param {string} name */
export const version = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), "utf8")).version;

/** The value that so much of the samples stay below. @param {readonly number[]} samples @param {number} [share] */
export const quantile = (samples, share = 0.5) => [...samples].sort((a, b) => a - b)[Math.min(samples.length - 1, Math.floor(samples.length * share))] ?? NaN;

/** Median, and 95 of 100. @param {readonly number[]} samples @param {number} [digits] */
export const spread = (samples, digits = 0) => `${quantile(samples).toFixed(digits)} (${quantile(samples, 0.95).toFixed(digits)})`;

/** @param {readonly string[]} head @param {readonly (readonly (string | number)[])[]} rows */
export function table(head, rows) {
  const line = (/** @type {readonly (string | number)[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, place) => (place === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** The machine, and how busy it was before the bench began. */
export function machine() {
  const [cpu] = os.cpus();
  const [load = 0] = os.loadavg();
  const loaded = load > 0.5 ? " **Others were using the machine: not a figure to quote.**" : "";
  return `${os.cpus().length} × ${cpu?.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${os.type()} ${os.release()}; Node ${process.version}, puppeteer-core ${require("puppeteer-core/package.json").version}. Load before: ${load.toFixed(2)}.${loaded}`;
}
