/**
 * The whole scan, in a real browser, on small shops of our own: what is broken is found, and nothing else is.
 */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setUpChromium } from "../../scripts/setup.mjs";
import { startDemo } from "./support/demo.mjs";
import { BROKEN, SOUND } from "./support/sites.mjs";

/** @type {typeof import("../../scan/command.mjs")} */
const { launch, scan } = await import(new URL("../../dist/scan.mjs", import.meta.url).href);

const ALL = { ...SOUND, ...BROKEN };
/** @param {string} name */
const host = (name) => `www.${name}.example`;

/** @type {Awaited<ReturnType<typeof startDemo>>} */
let demo;
/** @type {import("puppeteer-core").Browser} */
let browser;
before(async () => {
  process.env["CHROMIUM"] ??= await setUpChromium();
  demo = await startDemo(Object.fromEntries(Object.entries(ALL).map(([name, { site }]) => [host(name), site])));
  browser = await launch({ args: demo.browserArgs });
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** @param {string} name @param {import("./support/sites.mjs").Case} one */
async function check(name, { steps, expect }) {
  const options = { url: `https://${host(name)}/`, idle_ms: 400, timeout_ms: name === "step-fails" ? 3000 : 30_000, ...(steps && { steps: /** @type {import("../../scan/steps.mjs").Step[]} */ (steps) }) };
  const { findings } = await scan(browser, options);
  const bad = findings.filter(({ severity }) => severity !== "info");
  assert.deepEqual(bad.map(({ id }) => id).sort(), [...expect].sort(), JSON.stringify(bad.map(({ id, evidence }) => ({ id, evidence })), null, 2));
}

const only = process.env["SITE"] ? process.env["SITE"].split(",") : undefined;
describe("sound sites raise no alarm", { concurrency: 4 }, () => {
  for (const [name, one] of Object.entries(SOUND)) if (!only || only.includes(name)) test(name, () => check(name, one));
});
describe("each fault is found, and nothing besides", { concurrency: 4 }, () => {
  for (const [name, one] of Object.entries(BROKEN)) if (!only || only.includes(name)) test(name, () => check(name, one));
});
