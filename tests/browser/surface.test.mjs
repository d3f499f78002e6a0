/**
 * What the companion answers and tells: its methods, its warnings, and what is left where something is missing.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { versions } from "../../scripts/versions.mjs";
import { sha256 } from "./support/shopping.mjs";
import { until } from "./support/until.mjs";
import { conversion, PIXEL_ID, startWorld } from "./support/world.mjs";

/** @type {import("./support/world.mjs").World} */
let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

/** @param {string} name @param {(visit: import("./support/world.mjs").Visit) => Promise<void>} body */
function visiting(name, body) {
  test(name, async () => {
    await world.reset();
    const visit = await world.visit();
    try {
      await body(visit);
      assert.deepEqual(visit.errors, []);
    } finally {
      await visit.leave();
    }
  });
}

/** An empty page of the shop's origin. @param {string} head */
const page = (head) => world.proxy.answer(`${world.shop.url}/empty`, { type: "text/html", body: `<!doctype html><meta charset="windows-1252"><title>shop</title><link rel="icon" href="data:,">${head}` });

const TAG = (/** @type {string} */ attributes) =>
  `<script>window.twin=window.twin||function(){(twin.q=twin.q||[]).push(arguments)}</script><script async src="/twin.js" data-pixel-id="${PIXEL_ID}" data-pixel-script="/none.js" ${attributes}></script>`;

visiting("track returns the id, whichever it is, and hash the rule's result", async (visit) => {
  await visit.open("/");
  assert.match(/** @type {string} */ (await visit.twin("track", "Search")), /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.equal(await visit.twin("track", "Search", {}, { orderId: " 7 " }), "order_7");
  assert.equal(await visit.twin("track", "Search", {}, { eventId: "mine", orderId: "7" }), "mine");
  assert.equal(await visit.twin("hash", "em", " John_Smith@Gmail.com "), sha256("john_smith@gmail.com"));
  assert.equal(await visit.twin("hash", "em", "no address"), null);
  assert.equal(await visit.twin("hash", "shoe_size", "42"), null);
});

visiting("bad input is told in plain words, once per kind, and the rest of the event goes", async (visit) => {
  await visit.open("/");
  for (let time = 0; time < 2; time++) {
    await visit.twin("track", "Purchase", { value: "12,50 €", currency: "USD", content_ids: ["a"] }, { orderId: "8", user: { em: "nobody", ph: "+1 650 555 0100", shoe: "42" } });
  }
  const told = await until("three warnings", () => visit.warnings.length >= 3 && visit.warnings, () => visit.warnings);
  assert.ok(told.some((text) => /^\[pixel-twin\] user\.em: not an e-mail address.*\(em_invalid\)$/.test(text)), String(told));
  assert.ok(told.some((text) => /user\.shoe: .*\(user_field_unknown\)/.test(text)), String(told));
  assert.ok(told.some((text) => /value: .*\(number_invalid\)/.test(text)), String(told));
  assert.equal(new Set(told).size, told.length);
  assert.ok(told.every((text) => !text.includes("nobody") && !text.includes("12,50")));
  const purchase = await conversion(world, "Purchase", "browser only");
  assert.deepEqual(purchase.browser.custom_data.content_ids, ["a"]);
});

visiting("nothing that a page passes in can throw", async (visit) => {
  await visit.open("/");
  const answers = await visit.page.evaluate(() => {
    const twin = /** @type {any} */ (window).twin;
    const cycle = /** @type {any} */ ({});
    cycle.cycle = cycle;
    const thrower = { get value() { throw new Error("getter"); }, currency: "USD" };
    const proxy = new Proxy({}, { ownKeys() { throw new Error("proxy"); } });
    const odd = [undefined, null, 0, NaN, "", "x", Symbol("s"), () => 1, [], [1], cycle, thrower, proxy, new Date(NaN), 10n, new Proxy([], {})];
    const kinds = new Set();
    for (const a of odd) for (const b of odd) kinds.add(typeof twin("track", "Lead", a, b));
    for (const a of odd) kinds.add(typeof twin("track", a)), twin("identify", a), twin("consent", a), twin(a), twin("hash", a, a);
    twin();
    return [...kinds];
  });
  assert.deepEqual(answers, ["string"]);
  assert.match(/** @type {string} */ (await visit.twin("track", "Contact")), /^[\da-f-]{36}$/);
  await conversion(world, "Contact", "deduplicated");
});

visiting("diagnose says how things stand", async (visit) => {
  await visit.open("/");
  await until("Meta's library", async () => /** @type {any} */ (await visit.twin("diagnose")).pixel === "working");
  await visit.twin("track", "Lead");
  await visit.twin("flush");
  const { cookies, notices, delivered_ms, ...rest } = /** @type {any} */ (await visit.twin("diagnose"));
  assert.deepEqual(rest, {
    version: (await versions())["package.json"],
    consent: "granted",
    consentFrom: "option",
    pixelIds: [PIXEL_ID],
    routing: "conversions",
    pixel: "working",
    endpoint: "/twin/events",
    lastStatus: 202,
    waitingForConsent: 0,
    backlog: 0,
    missingFields: ["em", "ph", "external_id", "fn", "ln", "zp", "ct", "st", "country", "db", "ge"],
    matchQuality: 3.5,
    cookieSources: "fbp cookie fbc none",
  });
  assert.ok(Math.abs(Date.now() - delivered_ms) < 60_000);
  assert.match(cookies.join(), /^_fbp=fb\.0\.\d{13}\.\d+$/);
  assert.deepEqual(notices, []);
});

visiting("a revoke stops everything and deletes what was stored", async (visit) => {
  await visit.open("/?fbclid=Click1");
  await visit.twin("track", "Purchase", { value: 1, currency: "USD" }, { orderId: "9" });
  await conversion(world, "Purchase", "deduplicated");
  await visit.twin("flush");
  await visit.twin("consent", "revoke");
  assert.equal(await visit.cookies(), "");
  assert.deepEqual(await visit.storage(), {});
  await visit.twin("track", "Lead");
  await visit.twin("flush");
  assert.deepEqual(world.proxy.seen.filter(({ url, body }) => (url + body).includes("Lead")), []);
});

visiting("with Meta's own base code, the page's init stands and the events carry their id", async (visit) => {
  // A library that only takes note, in place of the real one.
  world.proxy.answer("https://connect.facebook.net/en_US/fbevents.js", {
    type: "text/javascript",
    body: "window.calls=[];fbq.getState=()=>({pixels:calls.filter((call)=>call[0]==='init').map((call)=>({id:call[1]}))});fbq.callMethod=(...call)=>calls.push(call);fbq.queue.splice(0).forEach((call)=>calls.push([...call]))",
  });
  await visit.open("/product/teapot?pixel=meta");
  const calls = await until("three calls", () => visit.page.evaluate(() => /** @type {any} */ (window).calls?.length === 3 && /** @type {any} */ (window).calls));
  assert.deepEqual(calls[0], ["init", PIXEL_ID]);
  assert.deepEqual(calls.slice(1).map((/** @type {any} */ call) => call.slice(0, 3)), [["trackSingle", PIXEL_ID, "PageView"], ["trackSingle", PIXEL_ID, "ViewContent"]]);
  for (const call of calls.slice(1)) assert.match(call[4].eventID, /^[\da-f-]{36}$/);
});

visiting("where the rules come neither as WebAssembly nor as plain JS, the Pixel event still goes with its id", async (visit) => {
  world.proxy.block(({ pathname }) => pathname === "/twin-plain.js");
  await visit.page.evaluateOnNewDocument(() => {
    /** @type {any} */ (WebAssembly).instantiate = () => Promise.reject(new WebAssembly.CompileError("forbidden"));
  });
  await visit.open("/");
  assert.equal(await visit.twin("track", "Purchase", { value: 5, currency: "USD" }, { orderId: "10" }), "order_10");
  assert.match(/** @type {string} */ (await visit.twin("track", "Lead")), /^[\da-f-]{36}$/);
  assert.equal(await visit.twin("hash", "em", "a@b.co"), null);
  const purchase = await conversion(world, "Purchase", "browser only");
  assert.equal(purchase.event_id, "order_10");
  assert.equal(purchase.browser.custom_data.value, "5");
  for (const error of visit.errors.splice(0)) assert.match(error, /net::ERR_/);
});

visiting("the script works on a page of another charset, and without a stub", async (visit) => {
  page(TAG('data-endpoint="/twin/events"').replace(/<script>.*?<\/script>/, ""));
  await visit.page.goto(`${world.shop.url}/empty`);
  await visit.page.waitForFunction(() => "twin" in window);
  assert.equal(await visit.twin("hash", "fn", "María"), sha256("maría"));
  // There is no library at the address given.
  for (const error of visit.failedLoads()) assert.match(error, /404/);
});

visiting("the npm module does the same", async (visit) => {
  world.proxy.answer(`${world.shop.url}/npm/index.js`, { type: "text/javascript; charset=utf-8", body: await readFile(path.join(root, "dist/index.js"), "utf8") });
  page("");
  await visit.page.goto(`${world.shop.url}/empty`);
  const [id, same] = await visit.page.evaluate(
    async (/** @type {object} */ options) => {
      const { createTwin } = await import(/** @type {string} */ (`${location.origin}/npm/index.js`));
      const twin = await createTwin(options);
      const id = twin.track("Purchase", { value: 100, currency: "USD" }, { orderId: "12345", user: { em: "a@b.co" } });
      await twin.flush();
      return [id, (await createTwin(options)) === twin];
    },
    { pixelId: PIXEL_ID, endpoint: "/twin/events", pixelScript: `${world.standin.url.replace("127.0.0.1", "localhost")}/en_US/fbevents.js` },
  );
  assert.deepEqual([id, same], ["order_12345", true]);
  const purchase = await conversion(world, "Purchase", "deduplicated");
  assert.equal(purchase.server.user_data.em, sha256("a@b.co"));
});

visiting("without an endpoint there is no server twin and nothing is kept for one", async (visit) => {
  page(TAG(""));
  await visit.page.goto(`${world.shop.url}/empty`);
  await visit.page.waitForFunction(() => typeof /** @type {any} */ (window).twin.q?.push === "function" && /** @type {any} */ (window).fbq);
  await visit.twin("track", "Purchase", { value: 1, currency: "USD" }, { orderId: "11" });
  await visit.twin("flush");
  assert.deepEqual(Object.keys(await visit.storage()).sort(), ["_twin_fired", "_twin_id"]);
  assert.deepEqual(world.proxy.seen.filter(world.isEndpoint), []);
  for (const error of visit.failedLoads()) assert.match(error, /404/);
});
