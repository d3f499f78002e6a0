/**
 * A whole world for a test: browser, network, shop, relay and local Meta, all real.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import puppeteer from "puppeteer-core";
import { root } from "../../../scripts/run.mjs";
import { startServer } from "../../../scripts/servers.mjs";
import { setUpChromium } from "../../../scripts/setup.mjs";
import { startShop } from "../../../www/server.mjs";
import { startProxy } from "./proxy.mjs";
import { until } from "./until.mjs";

/** The Pixel sends nothing for HeadlessChrome. */
const USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36";
export const PIXEL_ID = "1234567890";

/** @typedef {Awaited<ReturnType<typeof startWorld>>} World */
/** @typedef {Awaited<ReturnType<World["visit"]>>} Visit */
/** One row of the stand-in's list. @typedef {any} Conversion */

/** @param {Partial<import("../../../www/server.mjs").ShopOptions>} [shopOptions] */
export async function startWorld(shopOptions = {}) {
  const dataDir = await mkdtemp(path.join(tmpdir(), "twin-world-"));
  const proxy = await startProxy();
  const standin = await startServer("twin-standin", { profile: "debug", args: ["--port", "0", "--latency-ms", "0"] });
  const startRelay = (/** @type {string} */ listen) =>
    startServer("twin-relay", {
      profile: "debug",
      args: ["serve"],
      env: {
        TWIN_LISTEN: listen,
        TWIN_PIXEL_ID: PIXEL_ID,
        TWIN_ACCESS_TOKEN: "browser-test-token",
        TWIN_GRAPH_BASE: standin.url,
        TWIN_DATA_DIR: dataDir,
      },
    });
  let relay = await startRelay("127.0.0.1:0");
  const shop = await startShop({
    port: 0,
    relayUrl: relay.url,
    standinUrl: standin.url.replace("127.0.0.1", "localhost"),
    pixelId: PIXEL_ID,
    distDir: path.join(root, "dist"),
    debug: true,
    ...shopOptions,
  });
  const browser = await puppeteer.launch({
    executablePath: await setUpChromium(),
    acceptInsecureCerts: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", `--user-agent=${USER_AGENT}`, `--proxy-server=http://127.0.0.1:${proxy.port}`, "--proxy-bypass-list=<-loopback>"],
  });

  const world = {
    proxy,
    shop,
    standin,
    browser,
    dataDir,
    /** Whether a request is for the shop's endpoint. @param {{ url: string } | URL} request */
    isEndpoint: (request) => String("url" in request ? request.url : request).startsWith(`${shop.url}/twin/`),
    /** Whether a request is the Pixel's: its library or a hit. @param {{ url: string } | URL} request */
    isPixel: (request) => String("url" in request ? request.url : request).startsWith(standin.url.replace("127.0.0.1", "localhost")),
    relay: () => relay,
    /** Ends the relay; `SIGKILL` gives it no chance to tidy up. @param {NodeJS.Signals} signal */
    stopRelay: (signal) => relay.stop(signal),
    /** Starts it again where it was. */
    async restartRelay() {
      relay = await startRelay(new URL(relay.url).host);
    },
    /** @returns {Promise<Conversion[]>} oldest first */
    conversions: async () => (await (await fetch(`${standin.url}/api/conversions`)).json()).reverse(),
    /** Arms a fault of the stand-in's Graph API. @param {object} fault */
    async fault(fault) {
      const { status } = await fetch(`${standin.url}/__sim/fault`, { method: "POST", body: JSON.stringify(fault) });
      assert.equal(status, 201);
    },
    clearFaults: () => fetch(`${standin.url}/__sim/fault`, { method: "DELETE" }),
    visit: () => visit(world),
    /** A clean start for the next test; the relay keeps what it has. */
    async reset() {
      proxy.reset();
      await fetch(`${standin.url}/__sim/reset`, { method: "POST" });
    },
    async stop() {
      await browser.close();
      await shop.close();
      await relay.stop();
      await standin.stop();
      await proxy.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return world;
}

/** A new visitor: a browser without history, and one page. Its console is listened to. @param {any} world */
async function visit(world) {
  const context = await world.browser.createBrowserContext();
  const page = await context.newPage();
  /** @type {string[]} */
  const errors = [];
  /** @type {string[]} */
  const warnings = [];
  page.on("pageerror", (/** @type {Error} */ error) => errors.push(String(error)));
  page.on("console", (/** @type {import("puppeteer-core").ConsoleMessage} */ message) => {
    if (message.type() === "error") errors.push(message.text());
    if (message.type() === "warn") warnings.push(message.text());
  });
  return {
    page,
    /** Errors on the page's console, uncaught ones too. */
    errors,
    warnings,
    /** Opens a page of the shop and waits until the companion is up. @param {string} path */
    async open(path) {
      await page.goto(world.shop.url + path);
      await this.ready();
    },
    /** The stub's list is a plain one; the companion's is not. */
    ready: () => page.waitForFunction(() => (({ twin }) => twin?.q && twin.q.push !== Array.prototype.push)(/** @type {any} */ (window))),
    /** Calls the companion as the page would, and gives its answer. @param {string} method @param {...unknown} args */
    twin: (method, ...args) =>
      page.evaluate((/** @type {string} */ method, /** @type {unknown[]} */ args) => new Promise((resolve) => /** @type {any} */ (window).twin(method, ...args, resolve)), method, args),
    cookies: () => page.evaluate(() => document.cookie),
    storage: () => page.evaluate(() => ({ ...localStorage, ...sessionStorage })),
    leave: () => context.close(),
  };
}

/**
 * Waits until a conversion of that name has come to that status, and gives it.
 * @param {World} world @param {string} event_name @param {"deduplicated" | "browser only" | "server only"} status
 * @returns {Promise<Conversion>}
 */
export async function conversion(world, event_name, status) {
  const rows = async () => (await world.conversions()).filter((row) => row.event_name === event_name);
  const found = await until(`${event_name}, ${status}`, async () => (await rows()).find((row) => row.status === status), rows);
  assert.equal((await rows()).length, 1, `${event_name} is counted more than once`);
  assert.equal(found.counted, 1);
  return found;
}
