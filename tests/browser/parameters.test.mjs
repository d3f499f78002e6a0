/**
 * What happened, as Meta takes it: parameters checked against Meta's rules, the sides that an event goes out from, and the
 * time at which it happened.
 */

import assert from "node:assert/strict";
import { call, publish, STUB, tag } from "./support/pages.mjs";
import { stage } from "./support/visiting.mjs";
import { expectTwins, hits } from "./support/twins.mjs";
import { until } from "./support/until.mjs";

/** @typedef {import("./support/world.mjs").World} World */
/** @typedef {import("./support/world.mjs").Visit} Visit */

const visiting = stage();
const SERVER = { routing: "server" };

/**
 * Parameters that are not as Meta wants them, as a page's own code gives them: what the server event of a Lead still
 * carries, where the notices point, and a word of the fix.
 * @type {{ what: string, params: string, server: Record<string, unknown>, fields?: string[], fix?: RegExp }[]}
 */
const CASES = [
  { what: "a value with a comma", params: "value: '12,50', currency: 'USD'", server: { currency: "USD" }, fields: ["value"], fix: /with a dot for decimals/ },
  { what: "a value that is text", params: "value: ' 12.50 ', currency: 'USD'", server: { value: 12.5, currency: "USD" } },
  { what: "a value that is no number", params: "value: NaN, currency: 'USD'", server: { currency: "USD" }, fields: ["value"] },
  { what: "a value in an object", params: "value: { amount: 5 }, currency: 'USD'", server: { currency: "USD" }, fields: ["value"], fix: /number/ },
  { what: "a currency sign", params: "value: 5, currency: '$', num_items: 1", server: { num_items: 1 }, fields: ["currency", "value"], fix: /ISO 4217/ },
  { what: "a currency's name", params: "value: 5, currency: 'Dollar', num_items: 1", server: { num_items: 1 }, fields: ["currency", "value"], fix: /USD/ },
  { what: "a currency that does not exist", params: "value: 5, currency: 'USX', num_items: 1", server: { num_items: 1 }, fields: ["currency", "value"], fix: /ISO 4217/ },
  { what: "a currency in small letters", params: "value: 5, currency: ' usd '", server: { value: 5, currency: "USD" } },
  { what: "a value without a currency", params: "value: 5, num_items: 1", server: { num_items: 1 }, fields: ["value"], fix: /Add currency/ },
  { what: "ids that are numbers", params: "content_ids: [1, 2]", server: { content_ids: ["1", "2"] } },
  { what: "one id outside a list", params: "content_ids: 'a'", server: { content_ids: ["a"] }, fields: ["content_ids"], fix: /list/ },
  { what: "an id that is an object among good ones", params: "content_ids: ['a', { id: 'b' }, 'c']", server: { content_ids: ["a", "c"] }, fields: ["content_ids[1]"] },
  { what: "num_items in words", params: "num_items: 'three', content_name: 'x'", server: { content_name: "x" }, fields: ["num_items"], fix: /number/ },
  { what: "num_items with a fraction", params: "num_items: 2.5, content_name: 'x'", server: { content_name: "x" }, fields: ["num_items"] },
  { what: "num_items as text", params: "num_items: '3'", server: { num_items: 3 } },
  { what: "an item without an id", params: "contents: [{ id: 'a', quantity: 1 }, { quantity: 2 }]", server: { contents: [{ id: "a", quantity: 1 }] }, fields: ["contents[1]"], fix: /needs an id/ },
  { what: "an item with a key of the shop's own", params: "contents: [{ id: 'a', sku: 'x', quantity: 2 }]", server: { contents: [{ id: "a", quantity: 2 }] }, fields: ["contents[0].sku"], fix: /Use id, quantity, item_price/ },
  { what: "a quantity with a fraction", params: "contents: [{ id: 'a', quantity: 1.5, item_price: '9.90' }]", server: { contents: [{ id: "a", item_price: 9.9 }] }, fields: ["contents[0].quantity"], fix: /number/ },
  { what: "a lone item outside a list", params: "contents: { id: 'a' }", server: { contents: [{ id: "a" }] }, fields: ["contents"], fix: /list/ },
];

for (const { what, params, server, fields = [], fix = /./ } of CASES) {
  visiting(`parameters: ${what}`, async (visit, world) => {
    publish(world, "/quiet", STUB, tag(world));
    await visit.open("/quiet");
    const [lead] = await expectTwins(visit, {
      action: () => visit.page.evaluate(`void twin("track", "Lead", { ${params} })`),
      expect: [{ event_name: "Lead" }],
    });
    assert.deepEqual(lead.server.custom_data, server);
    const told = () => visit.warnings.filter((text) => text.startsWith("[pixel-twin] "));
    await until("the notices", () => told().length >= fields.length, told);
    assert.deepEqual(told().map((text) => /\] (.*?): /.exec(text)?.[1]), fields);
    for (const text of told()) assert.match(text, /\([a-z_]+\)$/);
    assert.ok(!fields.length || told().some((text) => fix.test(text)), `${fix} in ${told()}`);
  });
}

visiting("what is valid reaches the Pixel, too", async (visit) => {
  await visit.open("/");
  const [cart] = await expectTwins(visit, {
    action: () => visit.twin("track", "AddToCart", { value: "9,90", currency: "EUR", contents: [{ id: "a", sku: 1 }, {}], content_ids: [7], colour: "red" }),
    expect: [{ event_name: "AddToCart", from: "pixel" }],
    besides: ["PageView"],
  });
  assert.deepEqual(cart.browser.custom_data, { currency: "EUR", contents: [{ id: "a" }], content_ids: ["7"], colour: "red" });
});

visiting("a Purchase without what Meta needs has no server twin, says so, and fires", async (visit) => {
  await visit.open("/");
  await expectTwins(visit, {
    async action() {
      await visit.twin("track", "Purchase", { value: 5 }, { orderId: "3001" });
      await visit.twin("track", "Purchase", { currency: "USD" }, { orderId: "3002" });
    },
    expect: ["3001", "3002"].map((order) => ({ event_name: "Purchase", event_id: `order_${order}`, from: "pixel" })),
    besides: ["PageView"],
  });
  for (const fix of [/\] currency: .*Add currency.*\(currency_missing\)$/, /\] value: .*Add value.*\(value_missing\)$/]) {
    assert.ok(visit.warnings.some((text) => fix.test(text)), `${fix} in ${visit.warnings}`);
  }
});

visiting("the sides of one event can be chosen at the call, over the tag's exceptions, over its preset", async (visit, world) => {
  publish(world, "/routes", STUB, tag(world, { routing: "purchases", routes: JSON.stringify({ Lead: "both", Contact: "none", Search: "server" }) }));
  await visit.open("/routes");
  await expectTwins(visit, {
    async action() {
      const name = (/** @type {string} */ content_name) => ({ content_name });
      await visit.twin("track", "Lead", name("exception"));
      await visit.twin("track", "Lead", name("call"), { routing: "none" });
      await visit.twin("track", "Contact", name("exception"));
      await visit.twin("track", "Contact", name("call"), { routing: "pixel" });
      await visit.twin("track", "Search", name("exception"));
      await visit.twin("track", "Schedule", name("preset"));
      await visit.twin("track", "Donate", name("call"), SERVER);
      await visit.twin("track", "Purchase", { value: 1, currency: "USD" }, { orderId: "3003" });
    },
    expect: [
      { event_name: "Lead" },
      { event_name: "Contact", from: "pixel" },
      { event_name: "Search", from: "server" },
      { event_name: "Schedule", from: "pixel" },
      { event_name: "Donate", from: "server" },
      { event_name: "Purchase", event_id: "order_3003" },
    ],
  });
});

visiting("a wrong routing is told and the default holds", async (visit, world) => {
  publish(world, "/quiet", STUB, tag(world));
  await visit.open("/quiet");
  await expectTwins(visit, {
    action: () => visit.twin("track", "Lead", {}, { routing: "everywhere" }),
    expect: [{ event_name: "Lead" }],
  });
  assert.ok(visit.warnings.some((text) => /\] routing: .*\(option_invalid\)$/.test(text)), String(visit.warnings));
});

visiting("custom events: the Pixel's call for them, no server twin by default, one with `all` and where asked for", async (visit, world) => {
  publish(world, "/quiet", STUB, tag(world));
  publish(world, "/all", STUB, tag(world, { routing: "all" }), call("track", "Größe gewählt", { size: "XL" }));
  await visit.open("/quiet");
  await visit.twin("track", "QuizDone", { score: 7 });
  await visit.twin("track", "QuizShared", { to: "mail" }, { routing: "both", eventId: "quiz-1" });
  // A post that is under way when its page is left is made once more by the next one.
  await visit.twin("flush");
  await until("both hits", () => hits(world).length === 2);
  const [done, shared, size] = await expectTwins(visit, {
    action: () => visit.open("/all"),
    expect: [{ event_name: "QuizDone", from: "pixel" }, { event_name: "QuizShared", event_id: "quiz-1" }, { event_name: "Größe gewählt" }],
  });
  assert.deepEqual([done, shared, size].map(({ browser }) => browser.params.tm), ["2", "2", "2"]);
  assert.deepEqual(shared.server.custom_data, { to: "mail" });
  assert.deepEqual(size.server.custom_data, { size: "XL" });
});

visiting("a name that is none sends nothing and is told", async (visit, world) => {
  publish(world, "/quiet", STUB, tag(world));
  await visit.open("/quiet");
  await expectTwins(visit, {
    async action() {
      for (const name of ["", "x".repeat(51), "tab\there", null]) await visit.twin("track", name);
      await visit.twin("track", "x".repeat(50), {}, { routing: "both" });
    },
    expect: [{ event_name: "x".repeat(50) }],
  });
  assert.ok(visit.warnings.some((text) => /\(event_name_invalid\)$/.test(text)), String(visit.warnings));
});

visiting("event_time is when it happened: a visitor agrees half an hour later, on the same page", async (visit, world) => {
  const MINUTES_30_MS = 30 * 60 * 1000;
  publish(world, "/ask", STUB, tag(world, { consent: "required" }), call("track", "Purchase", { value: 5, currency: "USD" }, { orderId: "3004" }));
  await visit.moveClock(-MINUTES_30_MS);
  await visit.open("/ask");
  // The page goes on to another view before the answer.
  await visit.page.evaluate(() => history.replaceState({}, "", "/asked"));
  await visit.moveClock(MINUTES_30_MS);
  const granted_s = Date.now() / 1000;
  const [purchase] = await expectTwins(visit, {
    action: () => visit.twin("consent", "grant"),
    expect: [{ event_name: "Purchase", event_id: "order_3004" }],
  });
  const late_s = granted_s - purchase.server.event_time;
  assert.ok(Math.abs(late_s - MINUTES_30_MS / 1000) < 120, `event_time is ${late_s} s before the grant`);
  assert.equal(purchase.server.event_source_url, `${world.shop.url}/ask`);
});
