/**
 * `npm run pictures`: makes the pictures of README and docs from the running thing, in docs/images/.
 */

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { detail, openInspector, row } from "../tests/browser/support/inspector.mjs";
import { buy } from "../tests/browser/support/shopping.mjs";
import { conversion, startWorld } from "../tests/browser/support/world.mjs";
import { build } from "./build.mjs";
import { begin, root, run } from "./run.mjs";
import { setUp } from "./setup.mjs";

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
  } finally {
    await world.stop();
  }
});
