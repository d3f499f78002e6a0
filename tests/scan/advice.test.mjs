/**
 * The set-up adviser: its rule, and its page in a browser.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";
import { advise, sizes, snippet } from "../../scan/advice.mjs";
import { setUpChromium } from "../../scripts/setup.mjs";
import { startShop } from "../../www/server.mjs";

test("what is spent decides how much goes by a server", () => {
  const routing = (/** @type {number} */ monthly_spend_usd, more = {}) => advise({ monthly_spend_usd, ...more }).routing;
  assert.deepEqual([0, 499, 500, 1999, 2000, 50_000].map((usd) => routing(usd)), ["pixel", "pixel", "purchases", "purchases", "conversions", "conversions"]);
  assert.deepEqual([499, 1999, 2000].map((usd) => routing(usd, { apple_percent: 50 })), ["pixel", "purchases", "all"]);
  assert.deepEqual(sizes().map(({ advice }) => advice.routing), ["pixel", "purchases", "conversions"]);
});

test("each answer names what it takes", () => {
  const steps = (/** @type {import("../../scan/advice.mjs").Shop} */ shop) => advise(shop).steps.join("\n");
  assert.match(steps({ monthly_spend_usd: 1000 }), /need an endpoint/);
  assert.match(steps({ monthly_spend_usd: 1000, hasServer: true }), /Mount the endpoint/);
  assert.match(steps({ monthly_spend_usd: 1000, hasShopPay: true }), /webhook/);
  assert.match(steps({ monthly_spend_usd: 3000 }), /identify[^]*Once a month/);
  assert.match(steps({ monthly_spend_usd: 3000, match_quality: 5.9 }), /more identity fields, on the server side/);
  assert.doesNotMatch(steps({ monthly_spend_usd: 3000, match_quality: 6 }), /below/);
  assert.doesNotMatch(steps({ monthly_spend_usd: 100 }), /endpoint|identify/);
  assert.match(snippet("purchases"), /data-endpoint="\/twin\/events" data-routing="purchases"/);
  assert.match(snippet("pixel"), /data-routing="pixel"/);
});

/** @type {import("puppeteer-core").Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startShop>>} */
let shop;
before(async () => {
  shop = await startShop({ port: 0, relayUrl: "http://127.0.0.1:1", standinUrl: "http://127.0.0.1:1", pixelId: "1", distDir: "dist" });
  browser = await puppeteer.launch({ executablePath: await setUpChromium(), args: ["--no-sandbox", "--disable-gpu"] });
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

test("the page answers at once, and works by keyboard", async () => {
  const page = await browser.newPage();
  /** @type {string[]} */
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(`${shop.url}/advice`);
  const text = (/** @type {string} */ selector) => page.$eval(selector, (element) => element.textContent ?? "");
  await page.waitForFunction(() => document.querySelector("#title")?.textContent);
  assert.equal(await text("#routing"), "purchases");
  await page.focus("#spend");
  await page.keyboard.down("Control");
  await page.keyboard.press("a");
  await page.keyboard.up("Control");
  await page.keyboard.type("5000");
  assert.equal(await text("#routing"), "conversions");
  // From field to field, and a tick by the space bar.
  for (const key of /** @type {const} */ (["Tab", "Tab"])) await page.keyboard.press(key);
  await page.keyboard.type("4.5");
  assert.match(await text("#steps"), /Match quality 4.5 is below 6/);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.match(await text("#steps"), /Shop Pay/);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "copy");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#copied")?.textContent);
  assert.match(await text("#snippet"), /data-endpoint="\/twin\/events"/);
  assert.deepEqual(errors, []);
  // On a phone nothing sticks out.
  await page.setViewport({ width: 360, height: 700 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.close();
});
