/**
 * The main job: one purchase in the shop, two twins at Meta, counted once, whatever is in the way.
 */

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { after, afterEach, before, test } from "node:test";
import { buy, checkOut, CUSTOMER, fillCart, RAW, sha256 } from "./support/shopping.mjs";
import { until } from "./support/until.mjs";
import { conversion, startWorld } from "./support/world.mjs";

/** @type {import("./support/world.mjs").World} */
let world;
/** @type {import("./support/world.mjs").Visit} */
let visit;

before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

/**
 * A test with a visitor of its own, whose console must stay free of errors.
 * @param {string} name @param {() => Promise<void>} body @param {import("./support/visit.mjs").VisitOptions} [options]
 */
function shopping(name, body, options) {
  test(name, async () => {
    await world.reset();
    visit = await world.visit(options);
    try {
      await body();
      assert.deepEqual(visit.errors, []);
      assertNothingRaw(await visit.storage(), await visit.cookies());
    } finally {
      await visit.leave();
    }
  });
}

/** @param {Record<string, string>} storage @param {string} cookies */
function assertNothingRaw(storage, cookies) {
  const isForm = (/** @type {import("./support/proxy.mjs").Seen} */ { method, url }) => method === "POST" && url === `${world.shop.url}/checkout`;
  // The shop's own form carries what the customer typed; nothing else may.
  const requests = world.proxy.seen.filter((request) => !isForm(request)).map(({ url, headers, body }) => JSON.stringify([url, headers, body]));
  for (const text of [...requests, JSON.stringify(storage), cookies]) {
    for (const raw of RAW) assert.ok(!text.includes(raw), `${raw} is in ${text}`);
  }
}

/** The Pixel's page views of this page so far. A page that is left before Meta's library has come sends none. */
function views() {
  return world.proxy.seen.filter((request) => {
    const parameters = new URL(request.url).searchParams;
    return world.isPixel(request) && request.status && parameters.get("ev") === "PageView" && parameters.get("dl") === visit.page.url();
  });
}
const untilViewed = (count = 1) => until(`page view ${count}`, () => views().length === count, () => world.proxy.seen.map(({ url }) => url));

shopping("a purchase arrives from both sides with one event_id and is counted once", async () => {
  const order = await buy(visit, "", untilViewed);
  const purchase = await conversion(world, "Purchase", "deduplicated");
  assert.equal(purchase.event_id, `order_${order}`);
  assert.equal(purchase.pixel_id, "1234567890");

  const em = sha256("maria.schmidt@example.com");
  assert.equal(purchase.browser.user_data.em, em);
  const { user_data, custom_data, event_source_url, action_source } = purchase.server;
  assert.equal(user_data.em, em);
  assert.deepEqual(user_data.ph, sha256("4902215550199"));
  assert.deepEqual(user_data.external_id, sha256("sk-0815"));
  assert.deepEqual(user_data.fn, sha256("maría"));
  assert.equal(user_data.client_user_agent, await visit.page.evaluate(() => navigator.userAgent));
  assert.ok(user_data.client_ip_address);
  assert.equal(action_source, "website");
  assert.equal(event_source_url, `${world.shop.url}/thank-you/${order}`);
  assert.equal(custom_data.value, 86.5);
  assert.equal(custom_data.currency, "USD");
  assert.deepEqual(purchase.browser.custom_data.content_ids, ["teapot"]);

  const fbp = /_fbp=([^;]+)/.exec(await visit.cookies())?.[1];
  assert.match(fbp ?? "", /^fb\.0\.\d{13}\.\d+$/);
  assert.equal(purchase.browser.fbp, fbp);
  assert.equal(user_data.fbp, fbp);

  for (const name of ["ViewContent", "AddToCart"]) await conversion(world, name, "browser only");
  await conversion(world, "InitiateCheckout", "deduplicated");
  const views = await until("four page views", async () => {
    const found = (await world.conversions()).filter((row) => row.event_name === "PageView");
    return found.length === 4 && found;
  });
  assert.equal(new Set(views.map((/** @type {any} */ row) => row.event_id)).size, 4);
});

shopping("with Meta's library blocked, the purchase comes from the server alone", async () => {
  world.proxy.block(world.isPixel);
  const order = await buy(visit);
  const purchase = await conversion(world, "Purchase", "server only");
  assert.equal(purchase.event_id, `order_${order}`);
  assert.ok(world.proxy.seen.some(world.isPixel));
  // The block itself is what Chromium reports, and nothing else.
  assert.equal(visit.failedLoads().length > 0, world.engine.failedLoad !== undefined);
});

shopping("with the endpoint out of reach, the purchase is kept and delivered when the shop is opened again", async () => {
  const unblock = world.proxy.block(world.isEndpoint);
  const order = await buy(visit);
  await conversion(world, "Purchase", "browser only");
  await until("a refused post", () => world.proxy.seen.find((request) => world.isEndpoint(request) && request.body.includes(`order_${order}`)));
  unblock();
  await visit.open("/");
  const purchase = await conversion(world, "Purchase", "deduplicated");
  assert.equal(purchase.event_id, `order_${order}`);
  await until("an empty outbox", async () => Object.keys(await visit.storage()).every((key) => !key.startsWith("_twin_o.")), async () => [Date.now(), await visit.storage(), await visit.twin("diagnose"), world.proxy.seen.filter(world.isEndpoint).map(({ body, status }) => [body.slice(0, 100), status])]);
  // Those of the refused posts.
  visit.failedLoads();
});

shopping("reloading the thank-you page three times fires and posts nothing more", async () => {
  const order = await buy(visit);
  await conversion(world, "Purchase", "deduplicated");
  await untilViewed();
  for (let time = 0; time < 3; time++) {
    await visit.page.reload();
    await visit.ready();
    // The page view of the reload has come through, so a second Purchase would have, too.
    await untilViewed(time + 2);
  }
  await visit.twin("flush");
  const purchase = await conversion(world, "Purchase", "deduplicated");
  assert.deepEqual([purchase.event_id, purchase.repeats], [`order_${order}`, []]);
  const count = (/** @type {RegExp} */ pattern) => world.proxy.seen.filter(({ url, body }) => pattern.test(url + body)).length;
  assert.equal(count(/\/tr\/?\?.*ev=Purchase/), 1);
  assert.equal(count(/"event_name":"Purchase"/), 1);
});

shopping("a click id in the landing page's address is in both twins, its case kept", async () => {
  const click = "AbC_dEf-123XyZ";
  await buy(visit, `?fbclid=${click}`);
  const purchase = await conversion(world, "Purchase", "deduplicated");
  const fbc = /_fbc=([^;]+)/.exec(await visit.cookies())?.[1];
  assert.match(fbc ?? "", new RegExp(`^fb\\.0\\.\\d{13}\\.${click}$`));
  assert.equal(purchase.browser.fbc, fbc);
  assert.equal(purchase.server.user_data.fbc, fbc);
});

shopping("without consent nothing is read, stored, loaded or sent; after it the page's events go", async () => {
  await visit.open("/?consent=required&fbclid=NotYet");
  await visit.open("/product/teapot?consent=required");
  assert.match(/** @type {string} */ (await visit.twin("track", "Purchase", { value: 1, currency: "USD" }, { orderId: "77", user: { em: CUSTOMER.email } })), /^order_77$/);
  await visit.page.reload();
  await visit.ready();
  assert.equal(await visit.cookies(), "");
  assert.deepEqual(await visit.storage(), {});
  const toOthers = world.proxy.seen.filter((request) => world.isEndpoint(request) || !request.url.startsWith(world.shop.url));
  assert.deepEqual(toOthers, []);

  await visit.page.click("[data-consent-choice=granted]");
  for (const name of ["PageView", "ViewContent"]) await conversion(world, name, "browser only");
  assert.match(await visit.cookies(), /_fbp=fb\.0\./);
  const order = await (await fillCart(visit), checkOut(visit));
  assert.equal((await conversion(world, "Purchase", "deduplicated")).event_id, `order_${order}`);
});

// Not on localhost: WebKitGTK takes no cookie there that names a domain, so that each event would try and look again.
const HOSTED = { origin: "https://www.shop.example" };
const READS = "the document's cookies are not read before consent, and once per event after it";
shopping(READS, async () => {
  await visit.page.evaluateOnNewDocument(() => {
    const cookie = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(Document.prototype, "cookie"));
    const page = /** @type {any} */ (window);
    page.reads = 0;
    Object.defineProperty(document, "cookie", {
      get: () => (page.reads++, cookie.get?.call(document)),
      set: (value) => cookie.set?.call(document, value),
    });
  });
  const reads = () => visit.page.evaluate(() => /** @type {any} */ (window).reads);
  // Meta's library reads them, too.
  world.proxy.block(world.isPixel);
  await visit.open("/?consent=required");
  assert.equal(await reads(), 0);
  await visit.twin("consent", "grant");
  const before = await reads();
  await visit.twin("track", "Search");
  assert.equal(await reads(), before + 1);
  visit.failedLoads();
}, HOSTED);

shopping("a relay that is killed right after its answer delivers after its restart, once", async () => {
  await world.fault({ name: "service", for_ms: 600_000 });
  const order = await buy(visit);
  await until("the relay's answer", () => world.proxy.seen.find((request) => world.isEndpoint(request) && request.status === 202 && request.body.includes(`order_${order}`)));
  await world.stopRelay("SIGKILL");
  await conversion(world, "Purchase", "browser only");
  await world.clearFaults();
  await world.restartRelay();
  const purchase = await conversion(world, "Purchase", "deduplicated");
  assert.deepEqual([purchase.event_id, purchase.repeats], [`order_${order}`, []]);
  const files = await readdir(world.dataDir);
  assert.ok(files.length > 0);
  for (const file of files) {
    const stored = await readFile(path.join(world.dataDir, file), "latin1");
    for (const raw of RAW.filter((text) => /^[ -~]+$/.test(text))) assert.ok(!stored.includes(raw), `${raw} is in ${file}`);
  }
});
