/**
 * A page's GA4 data layer in a real browser: what is pushed, however and whenever, comes as both twins.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { sha256 } from "./support/shopping.mjs";
import { until } from "./support/until.mjs";
import { conversion, PIXEL_ID, startWorld } from "./support/world.mjs";

/** @typedef {import("./support/world.mjs").Visit} Visit */

/** @type {import("./support/world.mjs").World} */
let world;
/** Meta's library as the stand-in has it. */
let pixelScript = "";
before(async () => {
  world = await startWorld();
  pixelScript = `${world.standin.url.replace("127.0.0.1", "localhost")}/en_US/fbevents.js`;
});
after(() => world?.stop());

/** @param {string} name @param {(visit: Visit) => Promise<void>} body */
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

const STUB = "<script>window.twin=window.twin||function(){(twin.q=twin.q||[]).push(arguments)}</script>";
const tag = (/** @type {string} */ attributes = "") => `<script async src="/twin.js" data-pixel-id="${PIXEL_ID}" data-endpoint="/twin/events" data-pixel-script="${pixelScript}" data-debug ${attributes}></script>`;

/** Opens a page of the shop's origin, made of this script and the companion. @param {Visit} visit @param {string} script @param {string} [attributes] of the tag */
async function open(visit, script, attributes) {
  world.proxy.answer(`${world.shop.url}/layer`, { type: "text/html", body: `<!doctype html><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,">${STUB}<script>${script}</script>${tag(attributes)}` });
  await visit.page.goto(`${world.shop.url}/layer`);
  await visit.ready();
}

/** Waits until somebody has put a push of their own onto the layer. @param {Visit} visit */
const isListening = (visit) => visit.page.waitForFunction(() => Object.hasOwn(/** @type {any} */ (window).dataLayer ?? {}, "push"));

/** What came of events of that name, oldest first. @param {string} name @param {number} count */
const events = (name, count) =>
  until(
    `${count} × ${name}`,
    async () => {
      const rows = (await world.conversions()).filter((row) => row.event_name === name);
      return rows.length === count && rows;
    },
    async () => (await world.conversions()).map((row) => [row.event_name, row.event_id, row.status]),
  );

/** Lets an event through after everything before, so that what has not come by then does not come. @param {Visit} visit */
async function sentinel(visit) {
  await visit.page.evaluate(() => /** @type {any} */ (window).dataLayer.push({ event: "schedule" }));
  await conversion(world, "Schedule", "deduplicated");
}

visiting("GTM style: what is there already, then what comes; a purchase as both twins, with the order's id and hashed customer", async (visit) => {
  await open(
    visit,
    `dataLayer=[{event:'gtm.js'},{event:'page_view'}];
     dataLayer.push({event:'view_item',ecommerce:{currency:'EUR',value:10,items:[{item_id:'tea',price:10}]}});
     twin('dataLayer');`,
  );
  await isListening(visit);
  await events("PageView", 1);
  await events("ViewContent", 1);
  await visit.page.evaluate(() => {
    const { dataLayer } = /** @type {any} */ (window);
    dataLayer.push({ ecommerce: null });
    dataLayer.push({ event: "purchase", ecommerce: { transaction_id: "T-1", value: 24.5, currency: "EUR", items: [{ item_id: "tea", price: 10, quantity: 2 }, { item_id: "cup", price: 4.5 }] }, user_data: { email: " Canary@Example.com " } });
  });
  const purchase = await conversion(world, "Purchase", "deduplicated");
  assert.equal(purchase.event_id, "order_T-1");
  assert.deepEqual(purchase.server.custom_data, {
    contents: [{ id: "tea", quantity: 2, item_price: 10 }, { id: "cup", quantity: 1, item_price: 4.5 }],
    content_ids: ["tea", "cup"],
    content_type: "product",
    num_items: 3,
    value: 24.5,
    currency: "EUR",
    order_id: "T-1",
  });
  assert.deepEqual(purchase.browser.custom_data.content_ids, ["tea", "cup"]);
  assert.equal(purchase.server.user_data.em, sha256("canary@example.com"));
  for (const request of world.proxy.seen) assert.ok(!/canary/i.test(JSON.stringify(request)), request.url);
});

visiting("gtag style, before and after", async (visit) => {
  await open(
    visit,
    `window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}
     gtag('js',new Date());gtag('config','G-1');
     gtag('event','purchase',{transaction_id:'T-2',value:5,currency:'EUR'});
     twin('dataLayer');`,
  );
  assert.equal((await conversion(world, "Purchase", "deduplicated")).event_id, "order_T-2");
  await isListening(visit);
  await visit.page.evaluate(() => /** @type {any} */ (window).gtag("event", "generate_lead", { value: 7, currency: "EUR" }));
  assert.equal((await conversion(world, "Lead", "deduplicated")).server.custom_data.value, 7);
});

visiting("two items, then one other item: nothing of the first push stays", async (visit) => {
  await open(
    visit,
    `dataLayer=[{event:'begin_checkout',ecommerce:{currency:'EUR',value:24.5,items:[{item_id:'tea',price:10,quantity:2},{item_id:'cup',price:4.5}]}},
     {event:'begin_checkout',ecommerce:{items:[{item_id:'pot'}]}}];
     twin('dataLayer');`,
  );
  const [first, second] = /** @type {[any, any]} */ (await events("InitiateCheckout", 2));
  await until("both server twins", async () => (await events("InitiateCheckout", 2)).every((row) => row.server));
  const data = (await events("InitiateCheckout", 2)).map((row) => row.server.custom_data);
  assert.deepEqual(data.find(({ content_ids }) => content_ids.length === 2).contents[0], { id: "tea", quantity: 2, item_price: 10 });
  assert.deepEqual(data.find(({ content_ids }) => content_ids.length === 1), { contents: [{ id: "pot", quantity: 1 }], content_ids: ["pot"], content_type: "product", num_items: 1 });
  assert.notEqual(first.event_id, second.event_id);
});

visiting("the same purchase pushed twice, and again by a reload, counts once", async (visit) => {
  const purchase = "{event:'purchase',ecommerce:{transaction_id:'T-3',value:5,currency:'EUR'}}";
  const script = `dataLayer=[${purchase},${purchase}];twin('dataLayer');twin('dataLayer')`;
  await open(visit, script);
  await conversion(world, "Purchase", "deduplicated");
  await open(visit, script);
  await isListening(visit);
  await sentinel(visit);
  const found = await conversion(world, "Purchase", "deduplicated");
  assert.deepEqual([found.event_id, found.repeats], ["order_T-3", []]);
});

// As gtm.js does it: its own push calls the one that was there, drops the oldest of a long layer, and answers a boolean.
const GTM = `(layer=>{const push=layer.push;layer.push=function(){const entries=[].slice.call(arguments,0);push.apply(layer,entries);
  for(const entry of entries){entry['gtm.uniqueEventId']=window.ids=(window.ids||2)+1;entry.eventCallback&&entry.eventCallback('GTM-1')}
  while(layer.length>3)layer.shift();return false}})(dataLayer);`;

for (const [when, script] of [["before us", `dataLayer=[];${GTM}twin('dataLayer')`], ["after us", "dataLayer=[];twin('dataLayer')"]]) {
  visiting(`with Google's own push in the chain, put there ${when}, each side has each push once`, async (visit) => {
    await open(visit, /** @type {string} */ (script));
    await isListening(visit);
    if (when === "after us") await visit.page.evaluate(GTM);
    else await visit.page.waitForFunction(() => !String(/** @type {any} */ (window).dataLayer.push).includes("uniqueEventId"));
    const answers = await visit.page.evaluate(() => {
      const page = /** @type {any} */ (window);
      page.back = [];
      const eventCallback = (/** @type {string} */ id) => page.back.push(id);
      return ["a", "b", "c", "d", "e"].map((item_id) => page.dataLayer.push({ event: "add_to_cart", ecommerce: { items: [{ item_id }] }, eventCallback, eventTimeout: 2000 }));
    });
    assert.deepEqual(answers, Array(5).fill(false));
    const rows = await events("AddToCart", 5);
    assert.deepEqual(rows.map((row) => row.browser.custom_data.content_ids.join()).sort(), ["a", "b", "c", "d", "e"]);
    await sentinel(visit);
    await events("AddToCart", 5);
    assert.deepEqual(await visit.page.evaluate(() => [/** @type {any} */ (window).back.length, /** @type {any} */ (window).ids]), [5, 8]);
  });
}

visiting("a push that another script has replaced is seen all the same, also in the page's last moment", async (visit) => {
  await open(visit, "dataLayer=[];twin('dataLayer')");
  await isListening(visit);
  await visit.page.evaluate(() => {
    const { dataLayer } = /** @type {any} */ (window);
    dataLayer.push = Array.prototype.push;
    dataLayer.push({ event: "generate_lead" });
  });
  await conversion(world, "Lead", "deduplicated");
  await Promise.all([
    visit.page.waitForNavigation(),
    visit.page.evaluate(() => {
      /** @type {any} */ (window).dataLayer.push({ event: "purchase", ecommerce: { transaction_id: "T-4", value: 5, currency: "EUR" } });
      location.href = "/";
    }),
  ]);
  const purchase = await until("the server twin", async () => (await world.conversions()).find((row) => row.event_id === "order_T-4" && row.server));
  assert.equal(purchase.event_name, "Purchase");
});

visiting("a data layer that another script has replaced is followed", async (visit) => {
  await open(visit, "twin('dataLayer')");
  await isListening(visit);
  await visit.page.evaluate("dataLayer=[{event:'contact'}]");
  await conversion(world, "Contact", "deduplicated");
  await visit.page.evaluate("dataLayer.push({event:'donate'})");
  await conversion(world, "Donate", "deduplicated");
});

visiting("entries that throw, are frozen or are none harm neither the page nor what follows them", async (visit) => {
  await open(
    visit,
    `const thrower=()=>{throw new Error('entry')};const {proxy,revoke}=Proxy.revocable({},{});revoke();
     const odd=()=>[null,undefined,5,'event',()=>1,Symbol('s'),proxy,new Proxy({},{get:thrower,has:thrower}),{get event(){return thrower()}},{event:'purchase',get ecommerce(){return thrower()}},Object.freeze({event:'add_to_cart'})];
     dataLayer=odd();twin('dataLayer')`,
  );
  await isListening(visit);
  const counts = await visit.page.evaluate("odd().map((entry)=>dataLayer.push(entry)-dataLayer.length)");
  assert.deepEqual(counts, Array(11).fill(0));
  await events("AddToCart", 2);
  await sentinel(visit);
});

visiting("another layer by its name, an array, and single events", async (visit) => {
  await open(visit, "dataLayer=[{event:'donate'}];window.shopLayer=[{event:'contact'}];twin('dataLayer','shopLayer');twin('dataLayer',{event:'purchase',ecommerce:{transaction_id:'T-5',value:5,currency:'EUR'}})");
  await conversion(world, "Contact", "deduplicated");
  assert.equal((await conversion(world, "Purchase", "deduplicated")).event_id, "order_T-5");
  await visit.page.evaluate(() => {
    const list = /** @type {any} */ ([{ event: "start_trial" }]);
    const page = /** @type {any} */ (window);
    page.list = list;
    page.twin("dataLayer", list);
    page.shopLayer.push({ event: "subscribe" });
  });
  await conversion(world, "StartTrial", "deduplicated");
  await visit.page.evaluate("list.push({event:'submit_application'})");
  for (const name of ["Subscribe", "SubmitApplication"]) await conversion(world, name, "deduplicated");
  assert.equal(await visit.page.evaluate("Object.hasOwn(dataLayer,'push')"), false);
  assert.deepEqual((await world.conversions()).filter((row) => row.event_name === "Donate"), []);
});

visiting("before consent no event of the data layer goes; after it those that are in it do", async (visit) => {
  await open(visit, "dataLayer=[{event:'purchase',ecommerce:{transaction_id:'T-6',value:5,currency:'EUR'}}];twin('dataLayer')", 'data-consent="required"');
  await visit.twin("flush");
  await visit.page.evaluate("dataLayer.push({event:'generate_lead'})");
  assert.deepEqual(world.proxy.seen.filter((request) => world.isEndpoint(request) || world.isPixel(request)), []);
  await visit.twin("consent", "grant");
  assert.equal((await conversion(world, "Purchase", "deduplicated")).event_id, "order_T-6");
  await conversion(world, "Lead", "deduplicated");
});

visiting("the npm module loads its part from beside it", async (visit) => {
  for (const file of ["index.js", "data-layer.js"]) world.proxy.answer(`${world.shop.url}/npm/${file}`, { type: "text/javascript; charset=utf-8", body: await readFile(path.join(root, "dist", file), "utf8") });
  world.proxy.answer(`${world.shop.url}/layer`, { type: "text/html", body: '<!doctype html><title>shop</title><link rel="icon" href="data:,">' });
  await visit.page.goto(`${world.shop.url}/layer`);
  await visit.page.evaluate(
    async (/** @type {object} */ options) => {
      const { createTwin } = await import(/** @type {string} */ (`${location.origin}/npm/index.js`));
      const twin = await createTwin(options);
      twin.dataLayer({ event: "purchase", ecommerce: { transaction_id: "T-7", value: 5, items: [{ item_id: "a", sku: "A1" }] } }, { currency: "SEK", itemId: "sku" });
    },
    { pixelId: PIXEL_ID, endpoint: "/twin/events", pixelScript },
  );
  const { event_id, server } = await conversion(world, "Purchase", "deduplicated");
  assert.deepEqual([event_id, server.custom_data.currency, server.custom_data.content_ids], ["order_T-7", "SEK", ["A1"]]);
});

visiting("a part that was not deployed is a notice, and all else goes on", async (visit) => {
  world.proxy.answer(`${world.shop.url}/twin-data-layer.js`, { status: 404, type: "text/javascript" });
  await open(visit, "dataLayer=[{event:'contact'}];twin('dataLayer');twin('track','Lead')");
  await conversion(world, "Lead", "deduplicated");
  const told = await until("the notice", async () => /** @type {any} */ (await visit.twin("diagnose")).notices.find((/** @type {any} */ notice) => notice.code === "part_missing"));
  assert.deepEqual([told.field, /Deploy it/.test(told.text)], ["data-layer", true]);
  for (const error of visit.errors.splice(0)) assert.match(error, /404/);
});

visiting("a part that nobody uses is not loaded", async (visit) => {
  await open(visit, "dataLayer=[{event:'contact'}];twin('track','Lead')");
  await conversion(world, "Lead", "deduplicated");
  assert.deepEqual(world.proxy.seen.filter(({ url }) => /twin-(data-layer|forms)/.test(url)), []);
});
