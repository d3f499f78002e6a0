/**
 * A way through a site that its owner has written down: `--steps steps.json`.
 */

import { readFile } from "node:fs/promises";
import { Mistake } from "../bin/mistake.mjs";

/**
 * One step, by its one key: `goto` (a path or an address), `click`, `waitFor` (a selector each), `type` with `into` (a selector),
 * `select` with `in`.
 * @typedef {{ goto: string } | { click: string } | { waitFor: string } | { type: string, into: string } | { select: string, in: string }} Step
 */

/** @type {Record<string, string[]>} */
const KEYS = { goto: [], click: [], waitFor: [], type: ["into"], select: ["in"] };

const EXAMPLE = '[{ "goto": "/products/mug" }, { "click": "#add" }, { "type": "a@b.co", "into": "#email" }, { "waitFor": ".thanks" }]';

/** Steps from JSON; a {@link Mistake} names the first that is none. @param {string} text @returns {Step[]} */
export function parseSteps(text) {
  /** @type {unknown} */
  let steps;
  try {
    steps = JSON.parse(text);
  } catch (error) {
    throw new Mistake(`The steps are no JSON: ${error instanceof Error ? error.message : error}. They look like ${EXAMPLE}`);
  }
  if (!Array.isArray(steps)) throw new Mistake(`The steps are no list. They look like ${EXAMPLE}`);
  for (const [place, step] of steps.entries()) {
    const [kind = "", ...more] = Object.keys(Object(step));
    const isSound = KEYS[kind]?.join() === more.join() && Object.values(Object(step)).every((value) => typeof value === "string");
    if (!isSound) throw new Mistake(`Step ${place + 1}, ${JSON.stringify(step)}, is none that the scan knows. They look like ${EXAMPLE}`);
  }
  return steps;
}

/** @param {string} file */
export async function readSteps(file) {
  return parseSteps(await readFile(file, "utf8").catch(() => Promise.reject(new Mistake(`The steps ${file} can't be read.`))));
}

/** What a step does, in a word or two. @param {Step} step */
export const describe = (step) => Object.entries(step).filter(([key]) => key !== "type").map(([key, value]) => `${key} ${value}`).join(" ");

/** Does one. @param {import("puppeteer-core").Page} page @param {Step} step @param {number} timeout_ms */
export async function take(page, step, timeout_ms) {
  if ("goto" in step) await page.goto(new URL(step.goto, page.url()).href, { waitUntil: "load", timeout: timeout_ms });
  else if ("click" in step) await (await page.waitForSelector(step.click, { timeout: timeout_ms }))?.click();
  else if ("waitFor" in step) await page.waitForSelector(step.waitFor, { timeout: timeout_ms });
  else if ("type" in step) await (await page.waitForSelector(step.into, { timeout: timeout_ms }))?.type(step.type);
  else await page.select(step.in, step.select);
}
