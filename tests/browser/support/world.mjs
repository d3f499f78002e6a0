/**
 * A whole world for a test: browser, network, shop, relay and local Meta, all real.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "../../../scripts/run.mjs";
import { startServer } from "../../../scripts/servers.mjs";
import { startShop } from "../../../www/server.mjs";
import { ENGINE, startEngine } from "./engines/engine.mjs";
import { startProxy } from "./proxy.mjs";
import { until } from "./until.mjs";
import { Visit } from "./visit.mjs";

export const PIXEL_ID = "1234567890";
/** What opens the relay's status page. */
export const ADMIN_TOKEN = "browser-test-admin-token";

/** @typedef {Awaited<ReturnType<typeof startWorld>>} World */
export { Visit };
/** One row of the stand-in's list. @typedef {any} Conversion */

/** Under this host Meta's side lies for pages that are visited by https; WebKit lets them load nothing by plain http. */
export const META = "https://connect.meta.example";

/** Where Meta's own tag finds its library, and that sends its hits to. */
const META_ITSELF = ["https://connect.facebook.net", "https://www.facebook.com"];

/** @typedef {Partial<import("../../../www/server.mjs").ShopOptions> & { engine?: import("./engines/engine.mjs").EngineName }} WorldOptions */

/** @param {WorldOptions} [options] those of the shop, and the engine, if not that of env `ENGINE` */
export async function startWorld({ engine: engineName = ENGINE, ...shopOptions } = {}) {
  const dataDir = await mkdtemp(path.join(tmpdir(), "twin-world-"));
  const proxy = await startProxy();
  const standin = await startServer("twin-standin", { args: ["--port", "0", "--latency-ms", "0"] });
  const startRelay = (/** @type {string} */ listen) =>
    startServer("twin-relay", {
      args: ["serve"],
      env: {
        TWIN_LISTEN: listen,
        TWIN_PIXEL_ID: PIXEL_ID,
        TWIN_ACCESS_TOKEN: "browser-test-token",
        TWIN_GRAPH_BASE: standin.url,
        TWIN_DATA_DIR: dataDir,
        TWIN_ADMIN_LISTEN: "127.0.0.1:0",
        TWIN_ADMIN_TOKEN: ADMIN_TOKEN,
      },
    });
  let relay = await startRelay("127.0.0.1:0");
  const open = (/** @type {string} */ standinUrl) => startShop({ port: 0, relayUrl: relay.url, standinUrl, pixelId: PIXEL_ID, distDir: path.join(root, "dist"), debug: true, ...shopOptions });
  const local = standin.url.replace("127.0.0.1", "localhost");
  const shop = await open(local);
  // The same shop, with its Pixel at META.
  const hosted = await open(META);
  for (const host of [META, ...META_ITSELF]) proxy.host(host, standin.url);
  /** Where the shop can be visited. */
  const origins = new Set([shop.url]);
  const engine = await startEngine(engineName);

  const world = {
    proxy,
    shop,
    standin,
    engine,
    /** Puppeteer's, where the engine is driven by it. */
    browser: engine.browser,
    dataDir,
    /** Whether a request is for the shop's endpoint. @param {{ url: string } | URL} request */
    isEndpoint: (request) => [...origins].some((origin) => address(request).startsWith(`${origin}/twin/`)),
    /** Whether a request is the Pixel's: its library or a hit. @param {{ url: string } | URL} request */
    isPixel: (request) => [local, META, ...META_ITSELF].some((origin) => address(request).startsWith(origin)),
    /** Lets the shop be visited at `https://<name>`, and gives that origin. @param {string} name perhaps with a port */
    host(name) {
      const origin = `https://${name}`;
      origins.add(origin);
      proxy.host(origin, hosted.url);
      return origin;
    },
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
    /** A new visitor. @param {import("./visit.mjs").VisitOptions} [options] */
    visit: (options) => Visit.start(world, options),
    /** A clean start for the next test; the relay keeps what it has. */
    async reset() {
      proxy.reset();
      await fetch(`${standin.url}/__sim/reset`, { method: "POST" });
    },
    async stop() {
      await engine.stop();
      await shop.close();
      await hosted.close();
      await relay.stop();
      await standin.stop();
      await proxy.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return world;
}

/** @param {{ url: string } | URL} request */
const address = (request) => String("url" in request ? request.url : request);

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
