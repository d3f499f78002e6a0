/**
 * Makes the relay's status page, one file with all in it: crates/relay/page/status.html, which is committed, so that the
 * relay builds with cargo alone. `node scripts/status-page.mjs` writes it; the page's test says when it is stale.
 */

import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import webpack from "webpack";
import { root } from "./run.mjs";

const folder = path.join(root, "crates/relay/page");
export const file = path.join(folder, "status.html");

/** @param {string} text */
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The page's scripts in one. @returns {Promise<string>} */
async function script() {
  const out = await mkdtemp(path.join(tmpdir(), "status-page-"));
  try {
    await new Promise((done, fail) =>
      webpack({ mode: "production", devtool: false, target: ["web", "es2022"], context: root, entry: path.join(folder, "main.js"), output: { path: out, filename: "main.js" }, performance: { hints: false }, optimization: { moduleIds: "deterministic" } }, (error, stats) =>
        error || stats?.hasErrors() ? fail(error ?? new Error(stats?.toString("errors-only"))) : done(undefined),
      ),
    );
    return await readFile(path.join(out, "main.js"), "utf8");
  } finally {
    await rm(out, { recursive: true });
  }
}

/** The page as it should be. */
export async function statusPage() {
  const code = (await script()).replaceAll("</script", "<\\/script");
  const sheets = [path.join(root, "node_modules/uplot/dist/uPlot.min.css"), path.join(root, "look/look.css"), path.join(folder, "status.css")];
  const style = (await Promise.all(sheets.map((sheet) => readFile(sheet, "utf8")))).join("\n");
  const template = await readFile(path.join(folder, "template.html"), "utf8");
  const parts = { style, script: code, "style-hash": hash(style), "script-hash": hash(code) };
  return Object.entries(parts).reduce((page, [name, text]) => page.replace(`{{${name}}}`, () => text), template);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await writeFile(file, await statusPage());
