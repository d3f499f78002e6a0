/**
 * What the companion makes of what the tag puts on its queue: through the part that ships, one call of `track` for one event.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { root } from "../../scripts/run.mjs";

/** @type {{ default: (track: (...call: any[]) => unknown, event: unknown, reply?: (answer: any) => void) => void }} */
const { default: gtm } = await import(pathToFileURL(path.join(root, "dist/gtm.js")).href);

/** A page's own, as far as the part looks at it. @type {any} */
const page = globalThis;
/** @type {(() => void)[]} */
let shown = [];
beforeEach(() => {
  shown = [];
  page.document = { prerendering: false, referrer: "https://search.example/", addEventListener: (/** @type {string} */ _, /** @type {() => void} */ listener) => shown.push(listener) };
  page.location = { href: "https://shop.example/thanks" };
  page.dataLayer = [];
  delete page.fbq;
});

let number = 0;

/** What a tag would put on the queue, with an id of its own. @param {object} more */
const event = (more) => ({ pixelIds: "123", name: "Purchase", eventId: `id.${++number}`, isMinted: true, time_ms: 1000, dataLayer: "dataLayer", gtmEventId: 7, layer: {}, params: [], ...more });

/** The calls of `track` and the answers that come of it. @param {...unknown} events */
function run(...events) {
  /** @type {any[][]} */
  const calls = [];
  /** @type {any[]} */
  const answers = [];
  for (const one of events) gtm((...call) => (calls.push(call), call[3].eventId), one, (answer) => answers.push(answer));
  return { calls, answers, params: calls[0]?.[2], options: calls[0]?.[3] };
}

const own = (/** @type {object} */ push) => page.dataLayer.push({ ...push, "gtm.uniqueEventId": 7 });

test("moment, name, id and pixels are the tag's", () => {
  const one = event({ eventId: "order_1", isMinted: false });
  const { calls, answers } = run(one);
  assert.deepEqual(calls, [[[1000, "https://shop.example/thanks", "https://search.example/"], "Purchase", {}, { eventId: "order_1" }, "", "123", false]]);
  assert.deepEqual(answers, [{ eventId: "order_1", from: "model" }]);
});

test("the data is that of the event's own push, by GTM's number, whatever lies round it", () => {
  page.dataLayer.push({ event: "purchase", ecommerce: { value: 1 }, "gtm.uniqueEventId": 6 });
  own({ event: "purchase", ecommerce: { value: 2, currency: "EUR" } });
  page.dataLayer.push({ event: "purchase", ecommerce: { value: 3 }, "gtm.uniqueEventId": 8 });
  const { params, answers } = run(event({ layer: { ecommerce: { value: 99 } } }));
  assert.deepEqual([params, answers[0].from], [{ value: 2, currency: "EUR" }, "push"]);
});

test("a gtag call is such a push", () => {
  const command = /** @type {(...args: unknown[]) => any} */ (function () {
    return Object.assign(arguments, { "gtm.uniqueEventId": 7 });
  });
  page.dataLayer.push(command("event", "generate_lead", { value: 0, currency: "EUR" }));
  assert.deepEqual(run(event({ name: "Lead" })).params, { value: 0, currency: "EUR" });
});

test("without it, what the tag has read", () => {
  const { params, answers } = run(event({ layer: { eventModel: { value: 5, currency: "EUR" } }, dataLayer: "otherLayer" }));
  assert.deepEqual([params, answers[0].from], [{ value: 5, currency: "EUR" }, "model"]);
});

test("with the data layer left alone, the fields", () => {
  own({ event: "purchase", ecommerce: { value: 2 } });
  const { params, answers } = run(event({ layer: undefined, params: [{ value: 1 }] }));
  assert.deepEqual([params, answers[0].from], [{ value: 1 }, "fields"]);
});

test("table beats variable beats data layer, and blanks beat nothing", () => {
  own({ ecommerce: { value: 1, currency: "EUR", items: [{ sku: "s1", item_id: "i1" }] } });
  const { params } = run(event({ itemId: "sku", contentType: "product_group", params: [{ value: 2, currency: "USD", content_name: "Tea" }, { value: 3, currency: "", content_name: undefined }] }));
  assert.deepEqual(params, { value: 3, currency: "USD", content_name: "Tea", contents: [{ id: "s1", quantity: 1 }], content_ids: ["s1"], content_type: "product_group", num_items: 1 });
});

test("the currency of the field is for events that name none, and none is invented", () => {
  own({ ecommerce: { value: 1 } });
  assert.equal(run(event({ currency: "EUR" })).params.currency, "EUR");
  assert.equal("currency" in run(event({ currency: "" })).params, false);
});

test("a custom event has the data of its push, too", () => {
  own({ event: "spin", ecommerce: { value: 4, currency: "EUR" } });
  const { calls, params } = run(event({ name: "SpinTheWheel" }));
  assert.deepEqual([calls[0]?.[1], params], ["SpinTheWheel", { value: 4, currency: "EUR" }]);
});

test("an event that the tag can't name is named by its own push, and by nothing else", () => {
  const ecommerce = { purchase: { actionField: { id: "U-1", revenue: "5" }, products: [] } };
  own({ event: "eec", ecommerce });
  assert.equal(run(event({ name: "" })).calls[0]?.[1], "Purchase");
  page.dataLayer = [{ event: "scroll", "gtm.uniqueEventId": 7 }];
  assert.deepEqual(run(event({ name: "", layer: { ecommerce } })), { calls: [], answers: [{}], params: undefined, options: undefined });
  page.dataLayer = [];
  assert.deepEqual(run(event({ name: "", layer: { ecommerce } })).calls, []);
});

test("the customer: table, variable, the push, what stays in the data layer", () => {
  own({ user_data: { email: "push@b.co", phone_number: "2" }, user_id: "u2" });
  const matching = { isLayerRead: true, user_data: { email: "layer@b.co", address: [{ first_name: "Layer", city: "Bonn" }] }, given: [{ phone: "3", sha256_phone_number: "f".repeat(64) }, { em: "table@b.co", ln: "" }] };
  assert.deepEqual(run(event({ matching })).options.user, { em: "table@b.co", ph: "3", fn: "Layer", ct: "Bonn", external_id: "u2" });
  assert.deepEqual(run(event({ matching: { ...matching, isLayerRead: false } })).options.user, { em: "table@b.co", ph: "3" });
  assert.equal("user" in run(event({})).options, false);
});

test("without an endpoint in the tag that brought the companion there is no server twin; a companion of the page's has its own", () => {
  assert.equal(run(event({ setup: { pixelId: "123" } })).options.routing, "pixel");
  assert.equal("routing" in run(event({ setup: { pixelId: "123", endpoint: "/twin/events" } })).options, false);
  assert.equal("routing" in run(event({})).options, false);
});

test("one event goes once for each name and pixel, however many tags fire", () => {
  const one = event({});
  const { calls, answers } = run(one, one, { ...one, name: "Lead" }, { ...one, pixelIds: "456" });
  assert.deepEqual(calls.map(([, name, , , , ids]) => [name, ids]), [["Purchase", "123"], ["Lead", "123"], ["Purchase", "456"]]);
  assert.deepEqual(answers[1], {});
});

test("what the tag has given up is not sent, and has no answer", () => {
  assert.deepEqual(run(event({ isWanted: () => false })).answers, []);
  assert.equal(run(event({ isWanted: () => true })).calls.length, 1);
});

test("Meta's library is told once for each pixel, before its event", () => {
  /** @type {unknown[][]} */
  const told = [];
  page.fbq = (/** @type {unknown[]} */ ...call) => told.push(call);
  run(event({ pixelIds: "71,72", disableAutoConfig: true }), event({ pixelIds: "72", disableAutoConfig: true }));
  assert.deepEqual(told, [["set", "autoConfig", false, "71"], ["set", "autoConfig", false, "72"]]);
  assert.equal(page.fbq.disablePushState, undefined);
  run(event({ disableHistory: true }));
  assert.equal(page.fbq.disablePushState, true);
});

test("on a page that is prerendered it waits for the visitor, with the time of when the tag fired", () => {
  page.document.prerendering = true;
  const { calls } = run(event({}));
  assert.deepEqual(calls, []);
  for (const listener of shown) listener();
  assert.equal(calls[0]?.[0][0], 1000);
});

test("nothing that a page puts on the queue can throw", () => {
  const thrower = () => {
    throw new Error("the page's own");
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  page.dataLayer = new Proxy([], { get: thrower });
  const traps = new Proxy({}, { get: thrower, ownKeys: thrower });
  const odd = [undefined, null, 5, "event", [], {}, proxy, traps, event({ params: 5 }), event({ params: [traps] }), event({ matching: traps }), event({ isWanted: thrower }), event({ layer: proxy }), event({ name: traps })];
  for (const one of odd) gtm(() => "id", one, thrower);
  gtm(thrower, event({}));
});
