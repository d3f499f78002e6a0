/**
 * The tag in a real page: in a sandbox as narrow as Google's, with its permissions and no more, it loads the companion as it is
 * shipped, and both twins come.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../../scripts/run.mjs";
import { galleryScript } from "../../scripts/gtm.mjs";
import { gtag, NONCE, openPage, push, SCRIPT, servePage, setShop, settled, SHOP, told } from "./support/gtm.mjs";
import { sha256 } from "./support/shopping.mjs";
import { posts } from "./support/twins.mjs";
import { until } from "./support/until.mjs";
import { expectFailedLoads } from "./support/visiting.mjs";
import { conversion, PIXEL_ID } from "./support/world.mjs";

const shop = setShop();
const { visiting } = shop;

const ITEMS = [{ item_id: "tea", price: 10, quantity: 2 }, { item_id: "cup", price: 4.5 }];
const purchase = (/** @type {string} */ transaction_id, more = {}) => ({ event: "purchase", ecommerce: { transaction_id, value: 24.5, currency: "EUR", items: ITEMS }, ...more });

/** Everything that has asked for anything of ours or of Meta's. @param {import("./support/world.mjs").World} world */
const requests = (world) => world.proxy.seen.map(({ url }) => url).filter((url) => /twin|facebook/.test(url));

visiting("a purchase comes as both twins, with the order's id, its data and hashed customer", async (visit, world) => {
  servePage(world, { tags: [{ fields: { useMatching: true, matchDataLayer: true } }] });
  await openPage(visit);
  await push(visit, purchase("T-1", { user_data: { email: " Canary@Example.com ", address: { first_name: "Eva" } } }));
  const row = await conversion(world, "Purchase", "deduplicated");
  assert.equal(row.event_id, "order_T-1");
  assert.equal(row.browser.event_id, row.server.event_id);
  assert.deepEqual(row.server.custom_data, {
    value: 24.5,
    currency: "EUR",
    order_id: "T-1",
    contents: [{ id: "tea", quantity: 2, item_price: 10 }, { id: "cup", quantity: 1, item_price: 4.5 }],
    content_ids: ["tea", "cup"],
    content_type: "product",
    num_items: 3,
  });
  assert.deepEqual([row.server.user_data.em, row.server.user_data.fn], [sha256("canary@example.com"), sha256("eva")]);
  for (const request of world.proxy.seen) assert.ok(!/canary/i.test(JSON.stringify(request)), request.url);
  assert.deepEqual(await settled(visit, 1), [["purchase", "success"]]);
  assert.deepEqual((await told(visit)).variables, ["order_T-1"]);
  assert.equal(requests(world).filter((url) => url === SCRIPT).length, 1);
});

visiting("each event has its own id, which the variable gives to all; one of a gtag call, too", async (visit, world) => {
  servePage(world);
  await openPage(visit);
  await gtag(visit, "event", "begin_checkout", { value: 5, currency: "EUR" });
  const row = await conversion(world, "InitiateCheckout", "deduplicated");
  assert.match(row.event_id, /^\d{13}\.\d+\.\d+\.\d+$/);
  await push(visit, { event: "generate_lead", value: 7, currency: "EUR" });
  const lead = await conversion(world, "Lead", "deduplicated");
  assert.deepEqual((await told(visit)).variables, [row.event_id, lead.event_id]);
  assert.notEqual(row.event_id, lead.event_id);
  assert.equal(row.server.custom_data.value, 5);
  assert.equal(lead.server.custom_data.value, 7);
});

visiting("two items, then one other, on a page that resets nothing: the second event has what it was pushed with", async (visit, world) => {
  servePage(world);
  await openPage(visit);
  await push(visit, { event: "view_item", ecommerce: { value: 24.5, currency: "EUR", items: ITEMS } });
  await push(visit, { event: "begin_checkout", ecommerce: { items: [{ item_id: "pot" }] } });
  const { server } = await conversion(world, "InitiateCheckout", "deduplicated");
  assert.deepEqual(server.custom_data, { contents: [{ id: "pot", quantity: 1 }], content_ids: ["pot"], content_type: "product", num_items: 1 });
});

visiting("an event without goods, after one with them, has none", async (visit, world) => {
  servePage(world);
  await openPage(visit);
  await push(visit, purchase("T-2"));
  await push(visit, { event: "generate_lead" });
  await conversion(world, "Purchase", "deduplicated");
  assert.equal((await conversion(world, "Lead", "deduplicated")).server.custom_data, undefined);
});

visiting("Universal Analytics: the push that has the action is the event, and those after it are not", async (visit, world) => {
  servePage(world);
  await openPage(visit);
  await push(visit, { event: "eec.purchase", ecommerce: { currencyCode: "EUR", purchase: { actionField: { id: "U-1", revenue: "12.50" }, products: [{ id: "tea", price: "12.50" }] } } });
  await push(visit, { event: "eec.scroll" }, { event: "generate_lead" });
  const row = await conversion(world, "Purchase", "deduplicated");
  assert.deepEqual([row.event_id, row.server.custom_data.value, row.repeats], ["order_U-1", 12.5, []]);
  await conversion(world, "Lead", "deduplicated");
});

visiting("two tags for one event are one event, and one pixel's purchase again on the next page is none", async (visit, world) => {
  servePage(world, { tags: [{}, {}] });
  await openPage(visit);
  await push(visit, purchase("T-3"), { event: "generate_lead" });
  await conversion(world, "Purchase", "deduplicated");
  assert.deepEqual((await conversion(world, "Lead", "deduplicated")).repeats, []);
  await openPage(visit);
  await push(visit, purchase("T-3"), { event: "begin_checkout" });
  await conversion(world, "InitiateCheckout", "deduplicated");
  assert.deepEqual((await conversion(world, "Purchase", "deduplicated")).repeats, []);
  assert.equal(posts(world).filter(({ event_name }) => event_name === "Purchase").length, 1);
});

visiting("a tag for another pixel reaches that pixel, and one without an endpoint has no server twin", async (visit, world) => {
  servePage(world, { tags: [{ events: "purchase" }, { events: "generate_lead", fields: { pixelIds: "222", endpoint: "" } }] });
  await openPage(visit);
  await push(visit, purchase("T-4"), { event: "generate_lead" });
  const row = await conversion(world, "Purchase", "deduplicated");
  assert.equal(row.pixel_id, PIXEL_ID);
  assert.equal((await conversion(world, "Lead", "browser only")).pixel_id, "222");
});

visiting("before consent nothing is loaded, stored or sent; the grant lets what happened go, once, with its id and time", async (visit, world) => {
  servePage(world, { script: "gtag('consent','default',{ad_storage:'denied',ad_user_data:'denied'})", tags: [{ fields: { useMatching: true, matchDataLayer: true } }] });
  await openPage(visit);
  await push(visit, purchase("T-5", { user_data: { email: "canary@example.com" } }));
  assert.deepEqual(await settled(visit, 1), [["purchase", "success"]]);
  const before_s = Math.floor(Date.now() / 1000);
  assert.deepEqual([requests(world), await visit.storage(), await visit.cookies()], [[], {}, ""]);
  assert.equal(await visit.page.evaluate(() => typeof (/** @type {any} */ (window).twin)), "undefined");
  await gtag(visit, "consent", "update", { ad_storage: "granted", ad_user_data: "granted" });
  const row = await conversion(world, "Purchase", "deduplicated");
  assert.deepEqual([row.event_id, row.repeats, row.server.user_data.em], ["order_T-5", [], sha256("canary@example.com")]);
  assert.ok(row.server.event_time <= before_s);
});

visiting("without ad_user_data no customer data goes; after a revoke nothing goes or stays, and a new grant opens again", async (visit, world) => {
  servePage(world, { script: "gtag('consent','default',{ad_storage:'granted',ad_user_data:'denied'})", tags: [{ fields: { useMatching: true, matchDataLayer: true, whenDenied: "drop" } }] });
  await openPage(visit);
  await push(visit, purchase("T-6", { user_data: { email: "canary@example.com" } }));
  assert.equal((await conversion(world, "Purchase", "deduplicated")).server.user_data.em, undefined);
  await gtag(visit, "consent", "update", { ad_storage: "denied" });
  await until("nothing stored", async () => (await visit.cookies()) === "" && Object.keys(await visit.storage()).length === 0);
  await push(visit, { event: "generate_lead" });
  await gtag(visit, "consent", "update", { ad_storage: "granted" });
  await push(visit, { event: "begin_checkout" });
  await conversion(world, "InitiateCheckout", "deduplicated");
  assert.deepEqual(world.proxy.seen.filter(({ url, body }) => (url + body).includes("Lead")), []);
});

visiting("a script that is blocked: the page's own Pixel has the event, with its id, and the tag says that it failed", async (visit, world) => {
  world.proxy.block(({ pathname }) => pathname === "/twin.js");
  const base = "!function(f){var n=f.fbq=function(){n.callMethod?n.callMethod.apply(n,arguments):n.queue.push(arguments)};f._fbq=n;n.push=n;n.loaded=!0;n.version='2.0';n.queue=[]}(window)";
  servePage(world, { script: `${base};fbq('init','${PIXEL_ID}')`, head: '<script async src="https://connect.facebook.net/en_US/fbevents.js"></script>' });
  await openPage(visit);
  await push(visit, purchase("T-7"));
  const row = await conversion(world, "Purchase", "browser only");
  assert.deepEqual([row.event_id, row.browser.custom_data.value, row.browser.custom_data.currency], ["order_T-7", "24.5", "EUR"]);
  assert.deepEqual(await settled(visit, 1), [["purchase", "failure"]]);
  expectFailedLoads(visit);
});

visiting("a script that comes at the second try does not send again what the page's Pixel has had", async (visit, world) => {
  const open = world.proxy.block(({ pathname }) => pathname === "/twin.js");
  servePage(world);
  await openPage(visit);
  await push(visit, purchase("T-8"));
  assert.deepEqual(await settled(visit, 1), [["purchase", "failure"]]);
  expectFailedLoads(visit);
  open();
  await push(visit, { event: "generate_lead" });
  await conversion(world, "Lead", "deduplicated");
  assert.deepEqual(posts(world).map(({ event_name }) => event_name), ["Lead"]);
});

visiting("a companion without its part gives the event to the page's Pixel", async (visit, world) => {
  world.proxy.block(({ pathname }) => pathname === "/twin-gtm.js");
  const calls = "window.calls=[];window.fbq=(...call)=>calls.push(call);fbq.queue=[]";
  servePage(world, { script: calls });
  await openPage(visit);
  await push(visit, purchase("T-9"));
  const found = await until("the Pixel's call", () => visit.page.evaluate(() => /** @type {any} */ (window).calls.find((/** @type {unknown[]} */ call) => call[0] === "trackSingle")));
  assert.deepEqual([found[1], found[2], found[4]], [PIXEL_ID, "Purchase", { eventID: "order_T-9" }]);
  expectFailedLoads(visit);
});

visiting("a policy with a nonce and nothing else: both twins come, through the plain-JS build", async (visit, world) => {
  servePage(world, { headers: { "content-security-policy": `script-src 'nonce-${NONCE}'` } });
  await openPage(visit);
  await push(visit, purchase("T-10"));
  assert.equal((await conversion(world, "Purchase", "deduplicated")).event_id, "order_T-10");
  assert.equal(requests(world).filter((url) => url === `${SHOP}/twin-plain.js`).length, 1);
  assert.deepEqual(await settled(visit, 1), [["purchase", "success"]]);
  // Firefox writes what it has stopped to the console.
  visit.errors = visit.errors.filter((text) => !text.includes("wasm-unsafe-eval"));
});

visiting("the guide's policy is enough, and needs no plain-JS build", async (visit, world) => {
  const [, policy = ""] = /^```\n(script-src[^]*?)\n```$/m.exec(await readFile(path.join(root, "docs/install/gtm.md"), "utf8")) ?? [];
  // The page of the test has an icon without a file.
  servePage(world, { headers: { "content-security-policy": policy.replaceAll("\n", " ").replace("nonce-…", `nonce-${NONCE}`).replace("img-src", "img-src data:") } });
  await openPage(visit);
  await push(visit, purchase("T-17"));
  await conversion(world, "Purchase", "deduplicated");
  assert.deepEqual(requests(world).filter((url) => url.endsWith("/twin-plain.js")), []);
});

visiting("an endpoint that answers 500: the tag has succeeded, the Pixel has its event, and the twin follows", async (visit, world) => {
  const open = world.proxy.answer(`${SHOP}/twin/events`, { status: 500 });
  servePage(world);
  await openPage(visit);
  await push(visit, purchase("T-11"));
  await conversion(world, "Purchase", "browser only");
  assert.deepEqual(await settled(visit, 1), [["purchase", "success"]]);
  await until("the refusal", () => world.proxy.seen.some(({ url, status }) => url === `${SHOP}/twin/events` && status === 500));
  open();
  await visit.twin("flush");
  await conversion(world, "Purchase", "deduplicated");
  expectFailedLoads(visit);
});

visiting("the page's own companion is used, with its own settings", async (visit, world) => {
  servePage(world, { tags: [{ fields: { library: "present", endpoint: "/elsewhere" } }], head: `<script nonce="${NONCE}" async src="/twin.js" data-pixel-id="${PIXEL_ID}" data-endpoint="/twin/events"></script>` });
  await openPage(visit);
  await push(visit, purchase("T-12"));
  await conversion(world, "Purchase", "deduplicated");
  assert.equal(requests(world).filter((url) => url === SCRIPT).length, 1);
});

visiting("the Pixel is told to leave the page alone, before its init", async (visit, world) => {
  const calls = "window.calls=[];window.fbq=(...call)=>calls.push(call);fbq.queue=[]";
  servePage(world, { script: calls, tags: [{ fields: { endpoint: "", disableAutoConfig: true, disableHistory: true, ldu: true, lduCountry: "1", lduState: "1000" } }] });
  await openPage(visit);
  await push(visit, purchase("T-13"), purchase("T-14"));
  await until("two events", () => visit.page.evaluate(() => /** @type {any} */ (window).calls.filter((/** @type {unknown[]} */ [method]) => method === "trackSingle").length === 2));
  const [made, isQuiet] = await visit.page.evaluate(() => [/** @type {any} */ (window).calls, /** @type {any} */ (window).fbq.disablePushState]);
  assert.deepEqual(made.slice(0, 3), [["dataProcessingOptions", ["LDU"], 1, 1000], ["set", "autoConfig", false, PIXEL_ID], ["init", PIXEL_ID, {}]]);
  assert.deepEqual([made.length, isQuiet], [5, true]);
});

visiting("the gallery's tag loads the companion, with its parts, from its own host", async (visit, world) => {
  const gallery = await galleryScript();
  for (const file of ["twin.js", "twin-gtm.js", "twin-texts.js"]) {
    world.proxy.answer(gallery.replace("twin.js", file), { type: "text/javascript; charset=utf-8", headers: { "access-control-allow-origin": "*" }, body: await readFile(path.join(root, "dist", file)) });
  }
  servePage(world, { tagText: await readFile(path.join(root, "gtm/tag/template.tpl"), "utf8") });
  await openPage(visit);
  await push(visit, purchase("T-15"));
  await conversion(world, "Purchase", "deduplicated");
  assert.equal(requests(world).filter((url) => url === SCRIPT).length, 0);
});

/** Each of them has to be noticed by a page. @type {Record<string, [from: string, to: string]>} */
const BROKEN = {
  "a permission that is missing": ['"string": "twin.q"', '"string": "twin.queue"'],
  "a method that GTM does not have": ["OF_GOODS.indexOf(name) < 0", "!OF_GOODS.includes(name)"],
  "a field by another name": ["data.pixelIds", "data.pixels"],
};

for (const [name, [from, to]] of Object.entries(BROKEN)) {
  visiting(`it would be seen here: ${name}`, async (visit, world) => {
    const text = await readFile(path.join(root, "gtm/tag/template.tpl"), "utf8");
    assert.ok(text.includes(from));
    servePage(world, { tagText: text.replace(from, () => to) });
    await openPage(visit);
    await push(visit, purchase("T-16"));
    assert.deepEqual(await settled(visit, 1), [["purchase", "failure"]]);
    assert.deepEqual(requests(world), []);
  });
}
