/**
 * Where `_fbp` and `_fbc` are set: at Meta's domain with Meta's index, one of each, whoever comes first, and nothing beside
 * them.
 */

import assert from "node:assert/strict";
import { byEngine, DIFFERENCES } from "./support/engines/differences.mjs";
import { BASE_CODE, ids, lead, setStage } from "./support/stage.mjs";
import { PIXEL_ID } from "./support/world.mjs";
import { until } from "./support/until.mjs";

const stage = setStage();
const { visiting, open, serve, twins } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */

/** Both cookies as the browser has them. @param {Visit} visit @param {string} name */
const jar = async (visit, name) => (await visit.allCookies()).filter((cookie) => cookie.name === name);

/** Meta's index is the number of dots in the domain. What is a public suffix, the browser knows. @type {{ host: string, domain: string, index: number }[]} */
const HOSTS = [
  { host: "shop.example", domain: ".shop.example", index: 1 },
  { host: "www.shop.example", domain: ".shop.example", index: 1 },
  { host: "a.b.c.shop.example", domain: ".shop.example", index: 1 },
  { host: "shop.co.uk", domain: ".shop.co.uk", index: 2 },
  { host: "www.shop.co.uk", domain: ".shop.co.uk", index: 2 },
  { host: "foo.github.io", domain: ".foo.github.io", index: 2 },
  { host: "www.foo.github.io", domain: ".foo.github.io", index: 2 },
  { host: "xn--mnchen-3ya.example", domain: ".xn--mnchen-3ya.example", index: 1 },
];

const ADDRESS = "127.0.0.1";
const INDEX = byEngine(DIFFERENCES.addresses, { chromium: 3, firefox: 3, webkit: 1 });

for (const { host, domain, index } of HOSTS) {
  visiting(`case 34: on ${host} both cookies are set for ${domain}, index ${index}`, (visit) => settles(visit, visit.origin, domain, index), { origin: `https://${host}` });
}
visiting("case 34: on localhost the cookies are the host's own, index 0", (visit) => settles(visit, visit.origin, "localhost", 0));
visiting(`case 34: on 127.0.0.1 the cookies are the host's own, index ${INDEX}`, (visit) => settles(visit, visit.origin.replace("localhost", ADDRESS), ADDRESS, INDEX));
visiting("case 34: on [::1] the cookies are the host's own, index 0", (visit) => settles(visit, visit.origin.replace("localhost", "[::1]"), byEngine(DIFFERENCES.addresses, { chromium: "[::1]", firefox: "[::1]", webkit: "::1" }), 0));

/** @param {Visit} visit @param {string} origin @param {string} domain @param {number} index */
async function settles(visit, origin, domain, index) {
  await open(visit, serve(`${origin}/page`) + "?fbclid=AbC");
  const id = await lead(visit);
  // The relay knows the shop by its own host only; on another address what left the browser has to do.
  const post = await until("the post", () => stage.world.proxy.seen.find(({ url, body }) => url.startsWith(origin) && body.includes(id)));
  const { fbp, fbc } = JSON.parse(post.body).data[0].user_data;
  assert.match(fbp, new RegExp(`^fb\\.${index}\\.\\d{13}\\.\\d{2,18}$`));
  assert.match(fbc, new RegExp(`^fb\\.${index}\\.\\d{13}\\.AbC$`));
  for (const [name, value] of [["_fbp", fbp], ["_fbc", fbc]]) {
    const cookies = await jar(visit, name);
    // There the relay's, for the host alone, is another one.
    if (INDEX === 1 && domain === ADDRESS) {
      assert.ok(cookies.length > 0 && cookies.every((cookie) => cookie.value === value), JSON.stringify(cookies));
      continue;
    }
    // A leading dot on a host that has no domain is the browser's way of writing, not ours.
    assert.deepEqual(cookies.map((cookie) => [cookie.value, cookie.domain.replace(index === 0 || /\d$/.test(domain) ? /^\./ : /^$/, ""), cookie.path, cookie.httpOnly]), [[value, domain, "/", false]]);
  }
  const hit = await until("the Pixel's hit", () => hits().find((hit) => hit.get("eid") === id));
  assert.deepEqual([hit.get("fbp"), hit.get("fbc")], [fbp, fbc]);
  // The next page adopts both.
  await open(visit, serve(`${origin}/page`));
  const next = await lead(visit);
  const again = await until("the next post", () => stage.world.proxy.seen.find(({ url, body }) => url.startsWith(origin) && body.includes(next)));
  assert.deepEqual([JSON.parse(again.body).data[0].user_data.fbp, JSON.parse(again.body).data[0].user_data.fbc], [fbp, fbc]);
}

/** What has come to `/tr/`, as it left the browser. */
const hits = () => stage.world.proxy.seen.filter((request) => stage.world.isPixel(request) && request.url.includes("/tr/?")).map(({ url }) => new URL(url).searchParams);

visiting("case 35: no test cookie is left over, and no other name was ever written", async (visit) => {
  stage.world.proxy.answer(`${visit.origin}/set`, { type: "text/html", headers: { "set-cookie": ["sid=secret; HttpOnly; Path=/", "cart=mug*1; Path=/"] }, body: '<link rel="icon" href="data:,">' });
  await visit.page.goto(`${visit.origin}/set`);
  const before = await visit.allCookies();
  assert.deepEqual(before.map(({ name }) => name).sort(), ["cart", "sid"]);
  const spy = "<script>window.written=[];(({get,set})=>Object.defineProperty(document,'cookie',{get(){return get.call(document)},set(text){written.push(text);set.call(document,text)}}))(Object.getOwnPropertyDescriptor(Document.prototype,'cookie'))</script>";
  await open(visit, serve(`${visit.origin}/page`, { head: spy }) + "?fbclid=AbC");
  await twins(await lead(visit));
  await visit.twin("flush");
  const after = await visit.allCookies();
  assert.deepEqual(after.filter(({ name }) => !name.startsWith("_fb")).sort((a, b) => a.name.localeCompare(b.name)), before.sort((a, b) => a.name.localeCompare(b.name)));
  assert.deepEqual(after.map(({ name }) => name).filter((name) => name.startsWith("_fb")).sort(), ["_fbc", "_fbp"]);
  const written = await visit.page.evaluate(() => /** @type {any} */ (window).written);
  assert.ok(written.length > 0);
  for (const text of written) assert.match(text, /^_fb[pc]=/);
}, { origin: "https://www.deep.shop.co.uk" });

/** Meta's own order of things: base code, library, its first event. @param {string} url of the page @param {string} attributes of the library's script */
const library = (url, attributes) => `${BASE_CODE}<script ${attributes} src="${stage.library(url)}"></script><script>fbq('init','${PIXEL_ID}');fbq('track','PageView',{},{eventID:'own'})</script>`;

const ORIGIN = "https://www.shop.example";
/** @type {{ name: string, page: () => import("./support/stage.mjs").Page, first?: RegExp[] }[]} */
const ORDERS = [
  { name: "the Pixel's library first", page: () => ({ head: library(ORIGIN, "") }), first: [/fbevents\.js$/, /twin\.js$/] },
  { name: "the companion first", page: () => ({}) },
  { name: "both loaded at the same time, library in front", page: () => ({ head: library(ORIGIN, "async") }) },
  { name: "both loaded at the same time, companion in front", page: () => ({ calls: "", body: library(ORIGIN, "async") }) },
  { name: "the library late", page: () => ({ head: library(ORIGIN, "async") }), first: [/twin\.js$/, /fbevents\.js$/] },
  { name: "the companion late", page: () => ({ head: library(ORIGIN, "async") }), first: [/fbevents\.js$/, /twin\.js$/] },
];

for (const { name, page, first } of ORDERS) {
  visiting(`case 36: ${name}: one _fbp, equal in both twins`, async (visit) => {
    const { proxy } = stage.world;
    const [early, late] = first ?? [];
    const hold = late && proxy.hold(({ href }) => late.test(href));
    await visit.page.goto(serve(`${ORIGIN}/page`, page()) + "?fbclid=AbC", { waitUntil: "domcontentloaded" });
    if (hold) {
      await until("the first script at work", () => visit.page.evaluate((/** @type {boolean} */ isLibrary) => {
        const { fbq, twin } = /** @type {any} */ (window);
        return isLibrary ? Boolean(fbq?.callMethod) : twin?.q && twin.q.push !== Array.prototype.push;
      }, Boolean(early?.test("fbevents.js"))));
      hold.release();
    }
    await visit.ready();
    const { fbp, fbc } = ids(await twins(await lead(visit)));
    for (const [name, value] of [["_fbp", fbp], ["_fbc", fbc]]) assert.deepEqual((await jar(visit, name)).map(({ value }) => value), [value]);
    const purchase = await visit.page.evaluate(() => /** @type {any} */ (window).twin("track", "Purchase", { value: 1, currency: "USD" }));
    assert.deepEqual(ids(await twins(purchase)), { fbp, fbc });
    // The library's own event, too.
    assert.deepEqual(new Set(hits().map((hit) => hit.get("fbp"))), new Set([fbp]));
    assert.deepEqual(new Set(hits().map((hit) => hit.get("fbc"))), new Set([fbc]));
  }, { origin: ORIGIN });
}
