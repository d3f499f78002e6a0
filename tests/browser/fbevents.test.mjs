/**
 * The twins beside Meta's real library at work: one id, one browser, one customer, whatever way its events take.
 * `FBEVENTS_JS` says where a copy is, see `support/fbevents.mjs`.
 */

import assert from "node:assert/strict";
import { byEngine, DIFFERENCES } from "./support/engines/differences.mjs";
import { becomes, beside, fbq, hit, hits, ID, isSettings, onStage, ORIGIN, OTHER, page, post, queue, baseCode } from "./support/fbevents.mjs";
import { lead } from "./support/stage.mjs";
import { sha256 } from "./support/shopping.mjs";
import { posts } from "./support/twins.mjs";
import { until } from "./support/until.mjs";

/** What the library and we make the same of, if a page gives it to both. */
const CUSTOMER = { em: " Maria@Example.com ", ph: "+1 (650) 555-0100", fn: "Maria", ln: "Schmidt", ct: "Bonn", zp: "94025", country: "us", db: "19900131", external_id: "SK-7" };

/** Both twins of a Lead carry the same browser, as far as the pixel's settings let the library tell. @param {import("./support/stage.mjs").Visit} visit @param {string} id */
async function bothTwins(visit, id) {
  const [{ field, by }, server] = [await hit("Lead", id), await post(visit, id)];
  const { fbp, fbc } = server.user_data;
  assert.match(fbp, /^fb\.1\.\d{13}\.\d+$/);
  // Without first-party cookies in the pixel's settings the library sends neither, also where they are set.
  const hasCookies = await visit.page.evaluate((id) => /** @type {any} */ (window).fbq.instance.optIns.isOptedIn(id, "FirstPartyCookies"), ID);
  assert.deepEqual([field("fbp"), field("fbc")], hasCookies ? [fbp, fbc] : [undefined, undefined]);
  assert.deepEqual(Object.fromEntries((await visit.cookies()).split("; ").map((pair) => pair.split("=")).filter(([name]) => /^_fb[pc]$/.test(name ?? ""))), { _fbp: fbp, ...(fbc && { _fbc: fbc }) });
  return { field, by, server };
}

beside("one id, one browser, one customer", async (visit) => {
  await onStage().open(visit, page({ calls: `twin("identify",${JSON.stringify(CUSTOMER)})` }) + "?fbclid=AbC");
  const { field, by, server } = await bothTwins(visit, await lead(visit));
  assert.match(server.user_data.fbc, /\.AbC$/);
  // These two the Pixel learns of from us, the others by the server twin alone.
  for (const name of ["em", "external_id"]) assert.equal(field(`ud[${name}]`), server.user_data[name].toString(), name);
  assert.equal(field("ud[em]"), sha256("maria@example.com"));
  for (const name of ["ph", "fn", "ln"]) assert.equal(field(`ud[${name}]`), undefined);
  assert.equal(by, "image");
  assert.deepEqual([field("dl"), field("cd[value]"), field("cd[currency]")], [server.event_source_url, "1", "USD"]);
  await becomes(visit, "working");
  const { version, waiting } = await queue(visit);
  assert.match(version, /^2\.9\.\d+$/);
  assert.deepEqual(waiting, []);
});

beside("values that a page gives to the library itself come out as ours do", async (visit) => {
  const base = baseCode(`fbq("init","${ID}",${JSON.stringify(CUSTOMER)})`);
  await onStage().open(visit, page({ head: base, calls: `twin("identify",${JSON.stringify(CUSTOMER)})` }));
  const { field, server } = await bothTwins(visit, await lead(visit));
  const theirs = (/** @type {string} */ name) => [field(`ud[${name}]`), field(`aud[${name}]`)].filter(Boolean);
  for (const name of Object.keys(CUSTOMER)) assert.ok(theirs(name).includes([server.user_data[name]].flat()[0]), `${name}: ${theirs(name)}, ours ${server.user_data[name]}`);
});

beside("ids that were there first stay, and both twins carry them", async (visit) => {
  const fbp = "fb.1.1700000000000.1234567890";
  const fbc = "fb.1.1700000000001.Earlier";
  await visit.page.goto(page({ tag: false }));
  await visit.page.evaluate((cookies) => cookies.forEach((cookie) => (document.cookie = cookie)), [`_fbp=${fbp};domain=.shop.example;path=/`, `_fbc=${fbc};domain=.shop.example;path=/`]);
  await onStage().open(visit, page());
  const { server } = await bothTwins(visit, await lead(visit));
  assert.deepEqual([server.user_data.fbp, server.user_data.fbc], [fbp, fbc]);
  await onStage().open(visit, page());
  const again = await bothTwins(visit, await lead(visit));
  assert.deepEqual([again.server.user_data.fbp, again.server.user_data.fbc], [fbp, fbc]);
});

beside("too large for an address: the Pixel's other way has the same id", async (visit) => {
  await onStage().open(visit, page());
  const id = await visit.twin("track", "Lead", { value: 1, currency: "USD", content_ids: Array.from({ length: 200 }, (_, place) => `sku-${place}-öäü`) });
  const { by, field, server } = await bothTwins(visit, String(id));
  assert.equal(by, "form");
  assert.equal(field("rqm"), byEngine(DIFFERENCES.transport, { chromium: "formPOST", firefox: "SB", webkit: "SB" }));
  assert.deepEqual(JSON.parse(field("cd[content_ids]") ?? ""), server.custom_data.content_ids);
});

beside("limited data use is on both twins", async (visit) => {
  await onStage().open(visit, page({ data: { "data-processing-options": "LDU", "data-processing-options-country": "1", "data-processing-options-state": "1000" } }));
  const { field, server } = await bothTwins(visit, await lead(visit));
  assert.deepEqual([field("dpo"), field("dpoco"), field("dpost")], ["LDU", "1", "1000"]);
  assert.deepEqual([server.data_processing_options, server.data_processing_options_country, server.data_processing_options_state], [["LDU"], 1, 1000]);
});

beside("without it neither speaks of it", async (visit) => {
  await onStage().open(visit, page());
  const { field, server } = await bothTwins(visit, await lead(visit));
  assert.deepEqual([field("dpo"), server.data_processing_options], [undefined, undefined]);
});

beside("only our pixel has our events, and a second PageView is not dropped", async (visit) => {
  await onStage().open(visit, page({ head: baseCode(`fbq("init","${OTHER}")`) }));
  const id = await lead(visit);
  await bothTwins(visit, id);
  const views = [await visit.twin("track", "PageView"), await visit.twin("track", "PageView")];
  for (const view of views) await hit("PageView", String(view));
  assert.deepEqual(hits("Lead").map(({ field }) => [field("id"), field("eid")]), [[ID, id]]);
  assert.deepEqual(hits("PageView").map(({ field }) => field("id")), [ID, ID]);
});

beside("each view of a single-page shop is one PageView with our id", async (visit) => {
  await onStage().open(visit, page({ data: { "page-views": "spa", routing: "all" } }));
  // The library begins with views of its own after its first event.
  await bothTwins(visit, await lead(visit));
  for (const path of ["/tea", "/cups"]) {
    await visit.page.evaluate((path) => history.pushState({}, "", path), path);
    const view = await until(`a view of ${path}`, () => hits("PageView").find(({ field }) => field("dl") === ORIGIN + path));
    assert.equal((await post(visit, view.field("eid") ?? "")).event_source_url, ORIGIN + path);
  }
  await bothTwins(visit, await lead(visit));
  assert.equal(hits("PageView").length, 2);
});

beside("what the page's address holds of a person is in neither twin", async (visit) => {
  await onStage().open(visit, page({ calls: 'window.first=twin("track","Lead",{value:1,currency:"USD"})' }) + "?email=ann%40example.com&utm_source=shop#phone=%2B16505550100");
  await lead(visit);
  await until("two Pixel events", () => hits("Lead").length === 2);
  for (const { field } of hits("Lead")) assert.equal(field("dl"), `${ORIGIN}/page?utm_source=shop`);
  assert.equal(await visit.page.evaluate(() => location.href), `${ORIGIN}/page?email=ann%40example.com&utm_source=shop#phone=%2B16505550100`);
});

beside("settings that come late: what was tracked meanwhile goes then, under the same ids", async (visit) => {
  const hold = onStage().world.proxy.hold(isSettings);
  await onStage().open(visit, page());
  const id = await lead(visit);
  await becomes(visit, "unconfigured");
  assert.equal((await post(visit, id)).event_id, id);
  assert.deepEqual(hits("Lead"), []);
  hold.release();
  await bothTwins(visit, id);
  await becomes(visit, "working");
  assert.equal(posts(onStage().world).filter(({ event_id }) => event_id === id).length, 1);
  await fbq(visit, "trackSingle", ID, "Contact");
  await until("the page's own event", () => hits("Contact").length === 1);
});
