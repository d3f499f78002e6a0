/**
 * `npm run pictures`: makes the pictures of README and docs from the running thing, in docs/images/.
 */

import { mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { detail, openInspector, row } from "../tests/browser/support/inspector.mjs";
import { startDemo } from "../tests/scan/support/demo.mjs";
import { FAULTY } from "../tests/scan/support/sites.mjs";
import { buy } from "../tests/browser/support/shopping.mjs";
import { ADMIN_TOKEN, conversion, startWorld } from "../tests/browser/support/world.mjs";
import { build } from "./build.mjs";
import { begin, root, run } from "./run.mjs";
import { setUp } from "./setup.mjs";

/** The head of the scan's report of a shop with several faults. @param {import("../tests/browser/support/visit.mjs").Page} page @param {string} file */
async function takeScan(page, file) {
  const html = path.join(root, "target/scan-report.html");
  const demo = await startDemo({ "www.shop.example": FAULTY });
  try {
    await run("node", ["bin/pixel-twin.mjs", "scan", "www.shop.example", `--html=${html}`, ...demo.browserArgs.map((arg) => `--browser-arg=${arg}`)]);
    await page.setViewport({ width: 1000, height: 1040, deviceScaleFactor: 2 });
    // The page before may have a policy, which would hold for this one, too.
    await page.goto("about:blank");
    await page.setContent(await readFile(html, "utf8"));
    await page.screenshot({ path: file });
  } finally {
    await demo.stop();
    await rm(html, { force: true });
  }
}

await begin(async () => {
  await setUp();
  await build();
  await run("cargo", ["build", "--locked", "--package=twin-relay", "--package=twin-standin"], { show: true });
  const folder = path.join(root, "docs/images");
  await mkdir(folder, { recursive: true });
  const world = await startWorld();
  try {
    const visit = await world.visit();
    await buy(visit);
    await conversion(world, "Purchase", "deduplicated");
    await visit.page.setViewport({ width: 1120, height: 640, deviceScaleFactor: 2 });
    await visit.page.goto(world.standin.url);
    await visit.page.waitForSelector('#state[data-state="live"]');
    await visit.page.waitForSelector('[data-status="deduplicated"]');
    await visit.page.screenshot({ path: path.join(folder, "standin-after-purchase.png") });

    const inspected = await world.visit();
    await inspected.page.setViewport({ width: 1120, height: 700, deviceScaleFactor: 2 });
    const order = await buy(inspected);
    await inspected.twin("track", "Search", { search_string: "teapot" });
    await openInspector(inspected);
    await row(inspected, `order_${order}`, "sent", "delivered");
    await detail(inspected, `order_${order}`);
    await inspected.page.screenshot({ path: path.join(folder, "inspector.png") });

    await visit.page.setViewport({ width: 1280, height: 860, deviceScaleFactor: 2 });
    await visit.page.goto(`${world.relay().office()}/#${ADMIN_TOKEN}`);
    await visit.page.waitForSelector(`[data-event-id="order_${order}"][data-fate="delivered"]`);
    await visit.page.waitForSelector("#quality .score");
    await visit.page.screenshot({ path: path.join(folder, "relay-status.png") });

    await visit.page.setViewport({ width: 1120, height: 900, deviceScaleFactor: 2 });
    await visit.page.goto(`${world.shop.url}/advice`);
    await visit.page.waitForSelector("h1");
    await visit.page.screenshot({ path: path.join(folder, "advice.png") });
    await takeScan(visit.page, path.join(folder, "scan-report.png"));
  } finally {
    await world.stop();
  }
});
