/**
 * The code on a page of the docs: its fenced blocks by the file that each one names, ` ```js file=server.mjs `.
 */

import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../../../scripts/run.mjs";

/** @param {string} page below docs/ @returns {Promise<Map<string, string>>} text by file name */
export async function codeOf(page) {
  const text = await readFile(path.join(root, "docs", page), "utf8");
  const blocks = new Map([...text.matchAll(/^```\w+ file=(\S+)\n([^]*?)^```$/gm)].map(([, file = "", code = ""]) => [file, code]));
  assert.ok(blocks.size > 0, `docs/${page} names no file`);
  return blocks;
}

/** Writes a page's files into a folder. @param {string} page below docs/ @param {string} folder */
export async function unpack(page, folder) {
  await mkdir(folder, { recursive: true });
  for (const [file, code] of await codeOf(page)) await writeFile(path.join(folder, file), code);
}
