/**
 * The inspector tells the truth: what became of each side of each event, and why.
 */

import assert from "node:assert/strict";
import { BASE_CODE, call, lead, setStage } from "./support/stage.mjs";
import { CANARY, found } from "./support/canary.mjs";
import { detail, inside, openInspector, report, row, rows, tab } from "./support/inspector.mjs";
import { until } from "./support/until.mjs";

const stage = setStage();
const { visiting, open, serve } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */

/** A page with the inspector open. @param {Visit} visit @param {import("./support/stage.mjs").Page} [page] */
async function inspected(visit, page = {}) {
  await open(visit, serve(`${visit.origin}/page`, page));
  await openInspector(visit);
}

const PURCHASE = { value: 10, currency: "USD", content_ids: ["teapot"] };
const endpoint = () => `${stage.world.shop.url}/twin/events`;

visiting("events from before it was opened show, each with both sides, its id and the names of its fields", async (visit) => {
  await open(visit, serve(`${visit.origin}/page`));
  await call(visit, "track", "ViewContent", {}, { eventId: "view" });
  await call(visit, "track", "Purchase", PURCHASE, { orderId: "insp-1", user: { em: "jane@example.com", ph: "+1 650 555 0100" } });
  await openInspector(visit);
  await row(visit, "order_insp-1", "sent", "delivered");
  await row(visit, "view", "sent", "not routed");
  assert.deepEqual((await rows(visit)).map(({ name, id, tone }) => [name, id, tone]), [["Purchase", "order_insp-1", "ok"], ["ViewContent", "view", "plain"]]);
  const text = await detail(visit, "order_insp-1");
  assert.match(text, /em\s*ph\s*fbp/);
  assert.match(text, /value\s*currency\s*content_ids/);
  assert.match(text, /about \d\.\d of 10, an estimate; most would add\s*external_id/);
});

visiting("an event waits for consent, then goes; what waits when it is refused is dropped", async (visit) => {
  await inspected(visit, { data: { consent: "required" } });
  const first = await lead(visit);
  await row(visit, first, "waiting for consent", "waiting for consent");
  assert.match(await detail(visit, first), /Nothing is sent before consent, which is unknown: nobody has said anything yet/);
  assert.match(await tab(visit, "this-page"), /unknown[^]*It is unknown: nobody has said anything yet/);
  await call(visit, "consent", "grant");
  await row(visit, first, "sent", "delivered");
  await until("who has granted it", async () => /granted by a call of consent/.test(await tab(visit, "this-page")));
  await call(visit, "consent", "revoke");
  const second = await lead(visit);
  await row(visit, second, "dropped", "dropped");
  await row(visit, first, "sent", "delivered");
});

visiting("without an answer the server event is kept, then delivered", async (visit) => {
  const mend = stage.world.proxy.cut(({ href }) => href === endpoint());
  await inspected(visit);
  const id = await lead(visit);
  await row(visit, id, "sent", "kept, no answer");
  assert.match(await detail(visit, id), /tried again at/);
  mend();
  await visit.twin("flush");
  await row(visit, id, "sent", "delivered");
}, { failedLoads: true });

visiting("an answer that passes says so, and a refusal says which field and how to mend it", async (visit) => {
  const { proxy } = stage.world;
  const busy = proxy.answer(endpoint(), { status: 503 });
  await inspected(visit);
  const id = await lead(visit);
  await row(visit, id, "sent", "kept, 503");
  busy();
  proxy.answer(endpoint(), { status: 422, type: "application/json", body: JSON.stringify({ errors: [{ index: 0, code: "not_hashed", field: "data[0].user_data.em", message: "jane@example.com" }] }) });
  await visit.twin("flush");
  await row(visit, id, "sent", "refused, 422");
  const why = await until("the reason", async () => /user_data\.em: must be SHA-256/.exec(await detail(visit, id)));
  assert.ok(why);
  assert.equal((await rows(visit))[0]?.tone, "bad");
  assert.doesNotMatch(await report(visit), /jane/);
}, { failedLoads: true });

visiting("an event that this browser has sent before is not sent again", async (visit) => {
  await inspected(visit);
  await call(visit, "track", "Purchase", PURCHASE, { orderId: "insp-2" });
  await row(visit, "order_insp-2", "sent", "delivered");
  await call(visit, "track", "Purchase", PURCHASE, { orderId: "insp-2" });
  await row(visit, "order_insp-2", "not sent again", "not sent again");
  await row(visit, "order_insp-2", "sent", "delivered");
});

visiting("a blocked script shows, and so does the way out", async (visit) => {
  stage.world.proxy.block(stage.world.isPixel);
  await inspected(visit);
  const id = await lead(visit);
  await row(visit, id, "blocked: script", "delivered");
}, { failedLoads: true });

visiting("a script that has not come yet is not called blocked", async (visit) => {
  const { release } = stage.world.proxy.hold((url) => url.pathname.endsWith("/fbevents.js"));
  await visit.page.goto(serve(`${visit.origin}/page`), { waitUntil: "domcontentloaded" });
  await visit.ready();
  await openInspector(visit);
  const id = await lead(visit);
  await row(visit, id, "queued", "delivered");
  release();
  await row(visit, id, "sent", "delivered");
});

visiting("what keeps a server event from being made is said: no endpoint, no currency", async (visit) => {
  await inspected(visit, { data: { endpoint: undefined } });
  await row(visit, await lead(visit), "sent", "no endpoint");
  await inspected(visit);
  await call(visit, "track", "Purchase", { value: 1 }, { orderId: "insp-3" });
  await row(visit, "order_insp-3", "sent", "not made");
  await until("the warning", async () => /currency_missing[^]*Add currency/.test(await tab(visit, "warnings")));
});

visiting("another sender to the same pixel shows, and that it may count twice", async (visit) => {
  await inspected(visit, { head: BASE_CODE });
  await call(visit, "track", "Purchase", PURCHASE, { orderId: "insp-4" });
  await visit.page.evaluate((src) => document.head.append(Object.assign(document.createElement("script"), { src })), stage.library(visit.origin));
  await row(visit, "order_insp-4", "sent", "delivered");
  await visit.page.evaluate(() => /** @type {any} */ (window).fbq("track", "Purchase", { value: 10, currency: "USD" }, { eventID: "theirs" }));
  await row(visit, "theirs", "sent by others", "no twin");
  assert.match(await detail(visit, "theirs"), /sent Purchase as well, with another id[^]*counts twice/);
});

visiting("adopted events are the page's own, with a twin", async (visit) => {
  await inspected(visit, { head: BASE_CODE, data: { adopt: "true" } });
  await visit.page.evaluate((src) => document.head.append(Object.assign(document.createElement("script"), { src })), stage.library(visit.origin));
  await visit.page.evaluate(() => {
    const { fbq } = /** @type {any} */ (window);
    fbq("init", "1234567890");
    fbq("track", "Lead", {}, { eventID: "adopted" });
  });
  await row(visit, "adopted", /^(sent|fired by the page)$/, "delivered");
  assert.equal((await rows(visit)).length, 1);
});

visiting("what an earlier page has left is listed as such", async (visit) => {
  const mend = stage.world.proxy.cut(({ href }) => href === endpoint());
  await open(visit, serve(`${visit.origin}/page`));
  const id = await lead(visit);
  await until("the event in the outbox", async () => Object.keys(await visit.storage()).some((key) => key.startsWith("_twin_o.")));
  // By then the page that is gone does not answer for it any more.
  await visit.moveClock(11 * 60_000);
  await inspected(visit);
  await row(visit, id, "earlier page", /^kept/);
  mend();
  await visit.twin("flush");
  await row(visit, id, "earlier page", "delivered");
}, { failedLoads: true });

visiting("no value of the customer's is in the panel, in its report, or in what the companion remembers", async (visit) => {
  const { email, phone, first_name, last_name, address } = CANARY;
  await inspected(visit, { data: { routing: "all" } });
  await visit.twin("identify", { em: email, ph: phone });
  await call(visit, "track", "Purchase", { ...PURCHASE, note: email, [email]: phone }, { eventId: email, user: { fn: first_name, ln: last_name, ct: address, street: address, [email]: email } });
  const id = await call(visit, "track", "Contact", {}, { user: { em: email, ph: phone, external_id: phone } });
  await row(visit, id, "sent", "delivered");
  assert.deepEqual(found(await report(visit)), []);
  for (const { id } of await rows(visit)) await detail(visit, id);
  const all = await inside(visit, (root) => /** @type {HTMLElement} */ (root.querySelector(".look")).outerHTML);
  assert.match(String(all), /external_id/);
  assert.deepEqual(found(String(all)), []);
  const { notices } = await visit.twin("diagnose");
  assert.ok(notices.length > 0);
  // In place of the panel, a part that gives away what it is given.
  stage.world.proxy.answer(`${stage.world.shop.url}/twin-inspect.js`, { type: "text/javascript", body: "export default (twin,heard)=>{window.heard=heard}" });
  await open(visit, serve(`${visit.origin}/page`, { data: { routing: "all" } }));
  await call(visit, "track", "Purchase", { ...PURCHASE, note: email, [email]: phone }, { eventId: "canary", user: { em: email, ph: phone, fn: first_name, ln: last_name, ct: address } });
  await visit.page.evaluate(() => void (/** @type {any} */ (window).twin("inspect")));
  const heard = await until("what is remembered", () => visit.page.evaluate(() => JSON.stringify(/** @type {any} */ (window).heard)));
  assert.match(heard, /"canary"/);
  assert.deepEqual(found(heard), []);
  assert.doesNotMatch(heard, /[\da-f]{64}/, "no hashes either");
});

visiting("the report has what the panel shows", async (visit) => {
  await inspected(visit);
  const id = await lead(visit, { user: { em: "jane@example.com" } });
  await row(visit, id, "sent", "delivered");
  const { shop, consent, cookies, events: [event] } = JSON.parse(await report(visit));
  assert.deepEqual([shop, consent, cookies], [new URL(visit.origin).host, "granted", ["_fbp"]]);
  assert.deepEqual([event.event_name, event.event_id, event.pixel.status, event.server.status], ["Lead", id, "sent", "delivered"]);
  assert.deepEqual(event.server.fields, ["em", "fbp"]);
  assert.ok(event.matchQuality > 5);
});
