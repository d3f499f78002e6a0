/**
 * Small apps of every kind install the packed package, build with nothing but their tool's defaults, and run in Chromium:
 * both twins of what they track come to Meta.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { sha256 } from "../browser/support/shopping.mjs";
import { posts } from "../browser/support/twins.mjs";
import { until } from "../browser/support/until.mjs";
import { startWorld } from "../browser/support/world.mjs";
import { build, install, startNext, takeEntry } from "./support/app.mjs";
import { openFolder, pack } from "./support/package.mjs";
import { startSite } from "./support/site.mjs";

/** @typedef {import("../browser/support/world.mjs").Visit} Visit */
/** @typedef {import("../browser/support/world.mjs").Conversion} Conversion */

/** Meta's own hosts: the apps name no other place for the Pixel. */
const META = ["https://connect.facebook.net", "https://www.facebook.com"];

/** @type {Awaited<ReturnType<typeof openFolder>>} */
let temp;
/** @type {import("../browser/support/world.mjs").World} */
let world;
before(async () => {
  temp = await openFolder();
  await pack(temp.folder);
  world = await startWorld();
  for (const host of META) world.proxy.host(host, world.standin.url);
});
after(async () => {
  await world?.stop();
  await temp?.remove();
});

/** Orders get numbers of their own: the relay keeps what it has. */
let orders = 1000;

/**
 * A customer comes to the thank-you page, then subscribes with another address.
 * @param {string} name of the host @param {{ files: string } | { server: string }} what
 * @param {{ besides?: string[], withoutWebAssembly?: boolean, look?: (visit: Visit) => Promise<void> }} [options] `besides`: more events that the app tracks
 */
async function buy(name, what, { besides = [], withoutWebAssembly = false, look } = {}) {
  await world.reset();
  const site = await startSite({ relayUrl: world.relay().url, ...what });
  const origin = `https://${name}.example`;
  const visit = await world.visit({ origin });
  // The app lies there now, in the demo shop's place.
  world.proxy.host(origin, site.url);
  try {
    if (withoutWebAssembly) await visit.page.evaluateOnNewDocument(forbidWebAssembly);
    const order = String((orders += 1));
    await visit.page.goto(`${origin}/?order=${order}`);
    await twins(visit, "Purchase");
    await visit.page.type("input", "Somebody.Else@Example.com");
    await visit.page.click("button");
    await twins(visit, "Lead");

    const rows = await world.conversions();
    assert.deepEqual(rows.map(outcome).sort(), ["Lead", "Purchase", ...besides].map((event_name) => outcome({ event_name, status: "deduplicated", counted: 1, repeats: [] })));
    const { Purchase, Lead } = Object.fromEntries(rows.map((row) => [row.event_name, row]));
    assert.deepEqual([Purchase.event_id, Purchase.browser.event_id, Purchase.server.event_id], Array(3).fill(`order_${order}`));
    assert.deepEqual([Purchase.server.user_data.em, Purchase.server.custom_data.value], [sha256("name@example.com"), 100]);
    // These two come from parts that the tool has to find and the page to load: names, forms.
    assert.equal(Purchase.server.user_data.country, sha256("de"));
    assert.equal(Lead.server.user_data.em, sha256("somebody.else@example.com"));
    assert.deepEqual(posts(world).map(({ event_id, status }) => [event_id, status]).sort(), rows.map(({ event_id }) => [event_id, 202]).sort());
    await look?.(visit);
    assert.deepEqual([visit.errors, visit.warnings], [[], []]);
  } finally {
    await visit.leave();
    await site.close();
  }
}

/** Waits for both twins of an event. @param {Visit} visit @param {string} event_name */
const twins = (visit, event_name) =>
  until(`${event_name}'s twins`, async () => (await world.conversions()).some((row) => row.event_name === event_name && row.status === "deduplicated"), async () => [await world.conversions(), visit.errors, visit.warnings]);

/** What became of an event, in a line. @param {Pick<Conversion, "event_name" | "status" | "counted" | "repeats">} row */
const outcome = ({ event_name, status, counted, repeats }) => `${event_name} ${status}, counted ${counted}, ${repeats.length} repeats`;

/** Runs in the page. */
function forbidWebAssembly() {
  const forbidden = () => Promise.reject(new WebAssembly.CompileError("forbidden"));
  Object.assign(WebAssembly, { instantiate: forbidden, instantiateStreaming: forbidden });
}

/** Times that the page asked for files of that kind and got them. @param {RegExp} pattern */
const got = (pattern) => world.proxy.seen.filter(({ url, status }) => pattern.test(new URL(url).pathname) && status === 200).length;

/** Those without a framework, which share their source. */
const TOOLS = ["webpack", "vite", "esbuild", "rollup", "parcel"];

for (const name of TOOLS) {
  test(name, async () => {
    const app = await install(temp.folder, name, { page: true });
    await build(app);
    await buy(name, { files: path.join(app, "dist") });
    assert.equal(got(/\.wasm$/), 0);
    await buy(name, { files: path.join(app, "dist") }, { withoutWebAssembly: true });
  });
}

for (const name of ["webpack", "vite"]) {
  test(`${name}, pixel-twin/wasm`, async () => {
    const app = await install(temp.folder, name, { page: true });
    await takeEntry(path.join(app, "src/main.js"), "pixel-twin", "pixel-twin/wasm");
    await build(app);
    await buy(name, { files: path.join(app, "dist") });
    assert.equal(got(/\.wasm$/), 1);
  });
}

test("a module script from the unpacked package", async () => {
  const app = await install(temp.folder, "plain");
  await build(app);
  await buy("plain", { files: path.join(app, "dist") });
  assert.equal(got(/^\/pixel-twin\/names\.js$/), 1);
  await buy("plain", { files: path.join(app, "dist") }, { withoutWebAssembly: true });
  await takeEntry(path.join(app, "dist/index.html"), "./pixel-twin/index.js", "./pixel-twin/wasm.js");
  await buy("plain", { files: path.join(app, "dist") });
  assert.equal(got(/^\/pixel-twin\/pixel-twin\.wasm$/), 1);
});

test("React in strict mode tracks once", async () => {
  const app = await install(temp.folder, "react");
  await build(app);
  await buy("react", { files: path.join(app, "dist") }, {
    besides: ["ViewContent"],
    // Every effect has run twice, or the test would show nothing.
    look: async ({ page }) => assert.equal(await page.evaluate(() => document.body.dataset["effects"]), "2"),
  });
});

for (const name of ["vue", "svelte"]) {
  test(name, async () => {
    const app = await install(temp.folder, name);
    await build(app);
    await buy(name, { files: path.join(app, "dist") });
  });
}

test("Next.js, rendered on the server", async () => {
  const app = await install(temp.folder, "next");
  await build(app);
  const server = await startNext(app);
  try {
    const html = await (await fetch(`${server.url}/?order=1`)).text();
    assert.match(html, /<form><p>Thank you for order (<!-- -->)?1/);
    await buy("next", { server: server.url });
  } finally {
    await server.stop();
  }
});
