/**
 * The whole scan, in a real browser, on small shops of our own: what is broken is found, and nothing else is.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { root } from "../../scripts/run.mjs";
import { setUpChromium } from "../../scripts/setup.mjs";
import { startDemo } from "./support/demo.mjs";
import { shop } from "./support/shop.mjs";
import { BROKEN, SOUND } from "./support/sites.mjs";

/** @type {typeof import("../../scan/command.mjs")} */
const { launch, scan } = await import(new URL("../../dist/scan.mjs", import.meta.url).href);

/** Sends as it is left: an image, a fetch that outlives it, and a beacon. @type {Record<string, import("./support/sites.mjs").Case>} */
const LEAVING = {
  leaving: { site: shop({ add: "addEventListener('pagehide', () => { send('AddToCart', { content_ids: ['mug'] }); navigator.sendBeacon('/capi', JSON.stringify({ data: [{ event_name: 'Contact', event_id: 'beacon-1', user_data: {} }] })); }); location.href = '/cart';" }), steps: [{ goto: "/products/mug" }, { click: "#add" }], expect: [] },
};
const ALL = { ...SOUND, ...BROKEN, ...LEAVING };
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

/** @param {string} name */
const look = (name) => {
  const { steps } = ALL[name] ?? {};
  // A step that fails need not take long.
  return scan(browser, { url: `https://${host(name)}/`, idle_ms: 400, timeout_ms: name === "step-fails" ? 3000 : 30_000, ...(steps && { steps }) });
};

/** @param {string} name @param {import("./support/sites.mjs").Case} one */
async function check(name, { expect }) {
  const { findings } = await look(name);
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

test("what is sent while a page is left is seen, whichever way it goes", async () => {
  const { pages } = await look("leaving");
  assert.deepEqual([pages.flatMap(({ pixel }) => pixel).filter((name) => name !== "PageView" && name !== "ViewContent"), pages.flatMap(({ server }) => server).filter((name) => name !== "PageView" && name !== "ViewContent")], [["AddToCart"], ["AddToCart", "Contact"]], JSON.stringify(pages));
});

/** Runs the command as a user does. @param {string[]} args */
async function command(...args) {
  const child = spawn(process.execPath, ["bin/pixel-twin.mjs", "scan", ...args, ...demo.browserArgs.map((arg) => `--browser-arg=${arg}`), "--idle-ms=400"], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (data) => (out += data));
  child.stderr.on("data", (data) => (err += data));
  const [code] = await once(child, "close");
  return { code, out, err };
}

test("the command prints JSON, writes the report, and fails on what it is told to", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "twin-scan-"));
  try {
    const html = path.join(folder, "report.html");
    const { code, out } = await command(host("before-consent"), "--json", "--html", html, "--fail-on", "error");
    assert.equal(code, 2);
    const report = JSON.parse(out);
    assert.ok(report.score < 60 && report.findings.some((/** @type {{ id: string }} */ { id }) => id === "event-before-consent"));
    const page = await browser.newPage();
    /** @type {string[]} */
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(html).href);
    assert.match(await page.$eval("main", (main) => main.textContent ?? ""), /Events before consent[^]*Advice/);
    await page.setViewport({ width: 360, height: 700 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    // It stands by itself.
    assert.deepEqual(asked, [pathToFileURL(html).href]);
    await page.close();
    const sound = await command(host("pixel-only"), "--fail-on", "warning", "--monthly-spend", "300");
    assert.equal(sound.code, 0, sound.out);
    assert.match(sound.out, /score 100 of 100[^]*Pixel only \(routing: pixel\)/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("a mistake is said in a sentence", async () => {
  const cases = { "https://www.twins.example:1/": /can't be opened: net::ERR/, "ftp://shop.example": /no address of a site/, "--fail-on=bad": /takes error or warning/, "--steps=none.json": /can't be read/ };
  for (const [arg, problem] of Object.entries(cases)) {
    const { code, err } = await (arg.startsWith("--") ? command("shop.example", arg) : command(arg));
    assert.equal(code, 1, arg);
    assert.match(err, problem);
    assert.doesNotMatch(err, /\n\s+at /);
  }
});
