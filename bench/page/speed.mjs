/**
 * Speed in each engine: start, `track()`, hashing, the longest task, memory. Peers take turns; clocks are fine, since the
 * pages are isolated from other origins.
 */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { quantile, spread, table } from "./results.mjs";
import { startBrowser } from "./server.mjs";
import { bundle } from "./sizes.mjs";

/** @typedef {import("../../tests/browser/support/engines/engine.mjs").EngineName} EngineName */
/** @typedef {import("../../tests/browser/support/engines/engine.mjs").Page} Page */
/** @typedef {{ ready_ms: number, first_ms: number, longest_ms: number, wasm_kb: number, heap_kb?: number }} Start */

/** @type {EngineName[]} */
const ENGINES = ["chromium", "firefox", "webkit"];
const PEERS = /** @type {const} */ (["pixel-twin", "Parameter Builder"]);
const STARTS = 6;

/** @param {string} path */
const read = (path) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");
const SOURCES = { "pixel-twin": read("../../dist/twin.js"), "Parameter Builder": read("node_modules/meta-capi-param-builder-clientjs/dist/clientParamBuilder.bundle.js") };

const script = (/** @type {string} */ body) => ({ type: "text/javascript; charset=utf-8", body });
const html = (/** @type {string} */ body) => ({
  type: "text/html; charset=utf-8",
  body: `<!doctype html><link rel="icon" href="data:,"><script>${read("../../js/stub.js")}</script><script>fbq=function(){};fbq.callMethod=fbq;fbq.queue=[]</script><script type="module">import * as bench from "/speed.js"; window.bench = bench;</script>${body}`,
  headers: { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" },
});

/** The script heap after a collection, where the engine can tell. @param {Page} page */
async function heap_kb(page) {
  const session = await page.createCDPSession();
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / 1024;
}

/** @param {EngineName} name */
async function measure(name) {
  const browser = await startBrowser(name, {
    "/start": html(""),
    "/warm": html('<script src="/builder.js"></script><script src="/twin.js" data-pixel-id="1234567890" data-endpoint="/twin/events"></script>'),
    "/speed.js": script(await bundle("speed-page.js")),
    "/builder.js": script(SOURCES["Parameter Builder"]),
    "/twin.js": script(SOURCES["pixel-twin"]),
  });
  const isThere = (/** @type {Page} */ page) => page.waitForFunction(() => "bench" in window);
  try {
    /** @type {Record<string, Start[]>} */
    const starts = { "pixel-twin": [], "Parameter Builder": [] };
    for (let round = 0; round < STARTS; round++) {
      for (const peer of PEERS) {
        starts[peer]?.push(await browser.visit("/start", async (page) => {
          await isThere(page);
          const before = name === "chromium" ? await heap_kb(page) : undefined;
          /** @type {Start} */
          const result = await page.evaluate((peer, source) => /** @type {any} */ (window).bench.start(peer, source), peer, SOURCES[peer]);
          return before === undefined ? result : { ...result, heap_kb: (await heap_kb(page)) - before };
        }));
      }
    }
    /** @type {Record<string, number[]>} */
    const warm = await browser.visit("/warm", async (page) => {
      await isThere(page);
      await page.waitForFunction(() => "_twin" in window);
      return page.evaluate((options) => /** @type {any} */ (window).bench.warm(options), { rounds: 100, warmUp: 60, batch: 10 });
    });
    // WebKit says its number alone.
    const version = `${browser.engine.name} ${(await browser.engine.version()).replace(/.*\//, "")}`;
    return { starts, warm, version };
  } finally {
    await browser.stop();
  }
}

/** The tables of speed. */
export async function speed() {
  /** @type {Record<string, Awaited<ReturnType<typeof measure>>>} */
  const all = {};
  for (const engine of ENGINES) all[engine] = await measure(engine);
  const columns = ENGINES.map((engine) => all[engine]);
  const names = ["pixel-twin", "Parameter Builder", "@noble/hashes", "crypto.subtle", "track()", "track() and fetch", "by hand and fetch"];
  const labels = ["nine fields: pixel-twin `hash`", "nine fields: Parameter Builder", "nine fields: @noble/hashes, no rules", "nine fields: crypto.subtle, no rules", "`track()`, nine fields, all but the request", "`track()` with the start of its request", "Parameter Builder by hand, with the start of a request"];
  const warm = names.map((name, place) => [labels[place] ?? name, ...columns.map((column) => spread(column?.warm[name] ?? []))]);
  const cold = PEERS.flatMap((peer) => {
    const of = (/** @type {keyof Start} */ key, digits = 1) => columns.map((column) => {
      const samples = (column?.starts[peer] ?? []).flatMap((start) => start[key] ?? []);
      return samples.length > 0 ? spread(samples, digits) : "cannot tell";
    });
    return [
      [`${peer}: start to ready, ms`, ...of("ready_ms")],
      [`${peer}: first ${peer === "pixel-twin" ? "`track()`" : "hashing"} of nine fields, ms`, ...of("first_ms")],
      [`${peer}: longest time that nothing else ran, ms`, ...of("longest_ms")],
      [`${peer}: script heap after it, kB`, ...of("heap_kb", 0)],
      ...(peer === "pixel-twin" ? [[`${peer}: WebAssembly memory, kB`, ...columns.map((column) => quantile((column?.starts[peer] ?? []).map(({ wasm_kb }) => wasm_kb)))]] : []),
    ];
  });
  const versions = ENGINES.map((engine) => all[engine]?.version).join(", ");
  return { versions, warm: table(["µs, warm: median (95 %)", ...ENGINES], warm), cold: table(["first visit: median (95 %)", ...ENGINES], cold) };
}
