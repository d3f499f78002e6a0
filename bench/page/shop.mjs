/**
 * A shop's page with and without us, in Chromium on a slow machine and a slow network: when its largest part is painted, for
 * how long it could not answer the visitor, and what it loads.
 */

import { spread, table } from "./results.mjs";
import { startBrowser } from "./server.mjs";
import { shopAnswers, VARIANTS } from "./shop-page.mjs";

const LOADS = 9;
/** That of a middling phone. */
const SLOWER = 4;
/** Lighthouse's "slow 4G". */
const NETWORK = { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 };

/** Runs first in the page. */
function observe() {
  const seen = { lcp_ms: 0, tbt_ms: 0 };
  Object.assign(globalThis, { seen });
  new PerformanceObserver((list) => list.getEntries().forEach(({ startTime }) => (seen.lcp_ms = startTime))).observe({ type: "largest-contentful-paint", buffered: true });
  // What a task takes over 50 ms.
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (seen.tbt_ms += duration - 50))).observe({ type: "longtask", buffered: true });
}

/** The table of the page. */
export async function shop() {
  const browser = await startBrowser("chromium", shopAnswers());
  /** @type {Record<string, { lcp_ms: number, tbt_ms: number, kb: number, requests: number }[]>} */
  const loads = {};
  try {
    for (let round = 0; round < LOADS; round++) {
      for (const [name, { path }] of Object.entries(VARIANTS)) {
        let bytes = 0;
        let requests = 0;
        const seen = await browser.visit(
          path,
          async (page) => {
            // Until nothing has been asked for, for half a second: with us, the posts and the Pixel's hits are behind it.
            await page.waitForNetworkIdle({ idleTime: 500 });
            return page.evaluate(() => /** @type {any} */ (globalThis).seen);
          },
          async (page) => {
            await page.evaluateOnNewDocument(observe);
            const session = await page.createCDPSession();
            await session.send("Network.enable");
            session.on("Network.loadingFinished", ({ encodedDataLength }) => {
              bytes += encodedDataLength;
              requests += 1;
            });
            await session.send("Network.emulateNetworkConditions", NETWORK);
            await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
          },
        );
        (loads[name] ??= []).push({ ...seen, kb: bytes / 1000, requests });
      }
    }
  } finally {
    await browser.stop();
  }
  const rows = Object.entries(loads).map(([name, all]) => [name, ...[/** @type {const} */ ("lcp_ms"), /** @type {const} */ ("tbt_ms")].map((key) => spread(all.map((load) => load[key]))), spread(all.map(({ kb }) => kb), 1), spread(all.map(({ requests }) => requests))]);
  return table(["the page has", "LCP, ms", "TBT, ms", "loaded, kB", "requests"], rows);
}
