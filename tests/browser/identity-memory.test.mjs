/**
 * What outlives a page: the browser's ids past a purge of the cookies, the customer by hash where the shop wants it, and
 * nothing past a revoke.
 */

import assert from "node:assert/strict";
import { BASE_CODE, call, cookie, ids, lead, setCookies, setStage } from "./support/stage.mjs";
import { CUSTOMER, RAW, sha256 } from "./support/shopping.mjs";
import { PIXEL_ID } from "./support/world.mjs";
import { until } from "./support/until.mjs";

const stage = setStage();
const { open, serve, twins } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */
/** @typedef {import("./support/stage.mjs").Page} Page */

const ORIGIN = "https://www.shop.example";
/** @param {string} name @param {(visit: Visit) => Promise<void>} body */
const visiting = (name, body) => stage.visiting(name, body, { origin: ORIGIN });

/** @param {Visit} visit @param {string} [address] @param {Page} [page] */
const openPage = (visit, address = "", page = {}) => open(visit, serve(`${ORIGIN}/page`, page) + address);

/** Both ids of a new event's twins. @param {Visit} visit */
const seen = async (visit) => ids(await twins(await lead(visit)));

/** Takes away what Safari takes after seven days, on a page without the companion. @param {Visit} visit @param {{ storage?: boolean }} [also] */
async function purge(visit, { storage = false } = {}) {
  await visit.page.goto(serve(`${ORIGIN}/plain`, { tag: false }));
  await setCookies(visit, ["_fbp", "_fbc"].map((name) => `${name}=; domain=.shop.example; path=/; max-age=0`));
  assert.equal(await visit.cookies(), "");
  if (storage) await visit.page.evaluate(() => localStorage.clear());
}

/** @param {Visit} visit @param {string} name */
const jar = async (visit, name) => (await visit.allCookies()).filter((cookie) => cookie.name === name).map(({ value }) => value);

visiting("case 37: cookies that were purged come back from storage, the same in both twins", async (visit) => {
  await openPage(visit, "?fbclid=AbC");
  const before = await seen(visit);
  assert.match(before.fbc, /\.AbC$/);
  await purge(visit);
  await openPage(visit);
  assert.deepEqual(await seen(visit), before);
  assert.deepEqual([await jar(visit, "_fbp"), await jar(visit, "_fbc")], [[before.fbp], [before.fbc]]);
});

visiting("case 37: cookies that were purged come back before the Pixel's first event", async (visit) => {
  await openPage(visit, "?fbclid=AbC");
  const before = await seen(visit);
  await purge(visit);
  await openPage(visit, "", { calls: "twin('track','PageView',{},{eventId:'first'})" });
  const first = await stage.one("first", "browser only");
  assert.deepEqual([first.browser.fbp, first.browser.fbc], [before.fbp, before.fbc]);
});

visiting("case 37: where the library has made a new _fbp after the purge, the older one that is remembered wins", async (visit) => {
  await openPage(visit, "?fbclid=AbC");
  const before = await seen(visit);
  await purge(visit);
  const library = `${BASE_CODE}<script src="${stage.library(ORIGIN)}"></script><script>fbq('init','${PIXEL_ID}');fbq('track','PageView',{},{eventID:'own'});window.made=document.cookie</script>`;
  await openPage(visit, "", { head: library });
  const made = /_fbp=([^;]+)/.exec(await visit.page.evaluate(() => /** @type {any} */ (window).made))?.[1];
  assert.match(made ?? "", /^fb\.1\.\d{13}\.\d+$/);
  assert.notEqual(made, before.fbp);
  assert.deepEqual(await seen(visit), before);
  assert.deepEqual([await jar(visit, "_fbp"), await jar(visit, "_fbc")], [[before.fbp], [before.fbc]]);
});

visiting("case 37: a new click after the purge goes before the remembered one", async (visit) => {
  await openPage(visit, "?fbclid=Older");
  const before = await seen(visit);
  await purge(visit);
  await openPage(visit, "?fbclid=Newer");
  const { fbp, fbc } = await seen(visit);
  assert.equal(fbp, before.fbp);
  assert.match(fbc, /\.Newer$/);
  await purge(visit);
  await openPage(visit);
  assert.deepEqual(await seen(visit), { fbp, fbc });
});

visiting("case 37: where storage is purged, too, the cookies that the relay has set keep the browser's ids", async (visit) => {
  await openPage(visit, "?fbclid=AbC");
  // Script's own cookies and storage go while the post is under way; what comes back can only be the relay's.
  const hold = stage.world.proxy.hold(stage.world.isEndpoint);
  const id = await lead(visit);
  await until("the post", () => hold.requests.some(({ body }) => body.includes(id)));
  // A library that loads only after the purge would make cookies of its own.
  await stage.one(id, "browser only");
  const before = { fbp: await cookie(visit, "_fbp"), fbc: await cookie(visit, "_fbc") };
  await setCookies(visit, ["_fbp", "_fbc"].map((name) => `${name}=; domain=.shop.example; path=/; max-age=0`));
  assert.equal(await visit.cookies(), "");
  hold.release();
  assert.deepEqual(ids(await twins(id)), before);
  await until("the relay's cookies", async () => (await cookie(visit, "_fbp")) === before.fbp && (await cookie(visit, "_fbc")) === before.fbc);
  assert.ok((await visit.allCookies()).every(({ httpOnly }) => !httpOnly));
  await visit.page.goto(serve(`${ORIGIN}/plain`, { tag: false }));
  await visit.page.evaluate(() => localStorage.clear());
  await openPage(visit);
  assert.deepEqual(await seen(visit), before);
});

visiting("without cookies and storage a browser is a new one", async (visit) => {
  await openPage(visit, "?fbclid=AbC");
  const before = await seen(visit);
  await purge(visit, { storage: true });
  await openPage(visit);
  const { fbp, fbc } = await seen(visit);
  assert.notEqual(fbp, before.fbp);
  assert.equal(fbc, undefined);
});

const ASKS = { data: { consent: "required", remember: "true" } };

visiting("case 38: after the visitor's revoke nothing is restored, not on the next page and not by a later grant", async (visit) => {
  await openPage(visit, "?fbclid=AbC", ASKS);
  await call(visit, "consent", "grant");
  await call(visit, "identify", { em: CUSTOMER.email });
  const before = await seen(visit);
  await visit.twin("flush");
  await call(visit, "consent", "revoke");
  // What the relay alone can end, it ends when it hears of it.
  await until("the end of the relay's own cookies", async () => (await visit.allCookies()).length === 0, () => visit.allCookies());
  const isClean = async () => assert.deepEqual([await visit.allCookies(), await visit.storage()], [[], {}]);
  await isClean();
  await call(visit, "track", "Lead");
  await visit.twin("flush");
  await isClean();
  await openPage(visit, "", ASKS);
  await call(visit, "track", "Lead");
  await isClean();
  await call(visit, "consent", "grant");
  const row = await twins(await lead(visit));
  const after = ids(row);
  assert.notEqual(after.fbp, before.fbp);
  assert.deepEqual([after.fbc, row.server.user_data.em, row.browser.user_data.em], [undefined, undefined, undefined]);
});

visiting("case 38: an answer that comes after the revoke brings no cookie back", async (visit) => {
  await openPage(visit, "?fbclid=AbC", ASKS);
  await call(visit, "consent", "grant");
  const hold = stage.world.proxy.hold(stage.world.isEndpoint);
  const id = await lead(visit);
  const post = await until("the post", () => hold.requests.find(({ body }) => body.includes(id)));
  await call(visit, "consent", "revoke");
  assert.equal(await visit.cookies(), "");
  hold.release();
  await until("the end of the post", () => post.status !== undefined);
  await visit.twin("flush");
  // Whatever came late has come when another answer has.
  await visit.page.evaluate(() => fetch("/twin.js", { cache: "no-store" }).then((answer) => answer.text()));
  await until("the end of all cookies", async () => (await visit.allCookies()).length === 0, () => visit.allCookies());
  assert.deepEqual(await visit.storage(), {});
});

const USER = { em: CUSTOMER.email, ph: CUSTOMER.phone, fn: CUSTOMER.first_name, external_id: CUSTOMER.customer_number };
const HASHED = { em: sha256("maria.schmidt@example.com"), ph: sha256("4902215550199"), fn: sha256("maría"), external_id: sha256("sk-0815") };

/** The customer as either twin carries them. @param {any} row */
function customer(row) {
  const known = (/** @type {any} */ user) => Object.fromEntries(Object.keys(USER).flatMap((key) => (user[key] === undefined ? [] : [[key, [user[key]].flat()[0]]])));
  return { server: known(row.server.user_data), browser: known(row.browser.user_data) };
}
const NOBODY = { server: {}, browser: {} };
/** The Pixel takes two keys at most. */
const KNOWN = { server: HASHED, browser: { em: HASHED.em, external_id: HASHED.external_id } };

visiting("identify() holds for the page, for both twins, and no longer", async (visit) => {
  await openPage(visit);
  await call(visit, "identify", USER);
  for (let time = 0; time < 2; time++) assert.deepEqual(customer(await twins(await lead(visit))), KNOWN);
  assert.equal((await visit.storage())["_twin_user"], undefined);
  await openPage(visit);
  assert.deepEqual(customer(await twins(await lead(visit))), NOBODY);
});

visiting("identify(null) forgets within the page", async (visit) => {
  await openPage(visit);
  await call(visit, "identify", USER);
  await call(visit, "identify", null);
  assert.deepEqual(customer(await twins(await lead(visit))), NOBODY);
});

visiting("with remember the customer is kept by hash only, and is in both twins on the next page, until identify(null)", async (visit) => {
  const page = { data: { remember: "true" } };
  await openPage(visit, "", page);
  await call(visit, "identify", USER);
  assert.deepEqual(customer(await twins(await lead(visit))), KNOWN);
  const storage = await visit.storage();
  for (const hash of Object.values(HASHED)) assert.ok(storage["_twin_user"]?.includes(hash), `${hash} is not in ${storage["_twin_user"]}`);
  for (const raw of RAW) assert.ok(!JSON.stringify(storage).includes(raw), `${raw} is in storage`);
  await openPage(visit, "", page);
  assert.deepEqual(customer(await twins(await lead(visit))), KNOWN);
  await call(visit, "identify", null);
  assert.equal((await visit.storage())["_twin_user"], undefined);
  await openPage(visit, "", page);
  assert.deepEqual(customer(await twins(await lead(visit))), NOBODY);
});

visiting("with remember the next identify() takes the place of the last", async (visit) => {
  const page = { data: { remember: "true" } };
  await openPage(visit, "", page);
  await call(visit, "identify", USER);
  await openPage(visit, "", page);
  await call(visit, "identify", { em: "other@example.com" });
  await openPage(visit, "", page);
  const other = sha256("other@example.com");
  assert.deepEqual(customer(await twins(await lead(visit))), { server: { em: other }, browser: { em: other } });
});

for (const [when, page, pages] of /** @type {[string, Page, number][]} */ ([
  ["by identify() before the first event", { calls: `twin('identify',${JSON.stringify(USER)});twin('track','PageView')` }, 1],
  ["by the first event's own user", { calls: `twin('track','Lead',{},{user:${JSON.stringify(USER)}})` }, 1],
  ["as remembered from the page before", { data: { remember: "true" }, calls: `if(!localStorage.once)twin('identify',${JSON.stringify(USER)});localStorage.once=1;twin('track','PageView')` }, 2],
])) {
  visiting(`the hashed customer reaches the Pixel's first init (${when})`, async (visit) => {
    // A library that only takes note, in place of the real one.
    stage.world.proxy.answer(stage.library(ORIGIN), { type: "text/javascript", body: "window.calls=[];fbq.callMethod=(...call)=>calls.push(call);fbq.queue.splice(0).forEach((call)=>calls.push([...call]))" });
    for (let time = 0; time < pages; time++) await openPage(visit, "", page);
    const calls = await until("init and event", () => visit.page.evaluate(() => /** @type {any} */ (window).calls?.length >= 2 && /** @type {any} */ (window).calls));
    const inits = calls.filter((/** @type {unknown[]} */ call) => call[0] === "init");
    assert.deepEqual(inits, [["init", PIXEL_ID, KNOWN.browser]]);
    assert.deepEqual(calls[0], inits[0]);
  });
}
