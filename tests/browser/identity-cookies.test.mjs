/**
 * `_fbp` and `_fbc` as other scripts, servers and visitors leave them: what is valid is adopted as it stands, what is not
 * is replaced, and both twins carry the same.
 */

import assert from "node:assert/strict";
import { byEngine, DIFFERENCES } from "./support/engines/differences.mjs";
import { cookie, ids, lead, setCookies, setStage } from "./support/stage.mjs";

const stage = setStage();
const { open, serve, twins } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */

const ORIGIN = "https://www.shop.example";
const DOMAIN = "domain=.shop.example; path=/; max-age=1000";
const HOST = "path=/; max-age=1000";
const NEW_FBP = /^fb\.1\.\d{13}\.\d{2,18}$/;

/** @param {string} name @param {(visit: Visit) => Promise<void>} body */
const visiting = (name, body) => stage.visiting(name, body, { origin: ORIGIN });

/** The next page, and what its event's twins carry. @param {Visit} visit @param {string} [address] query or hash */
async function nextPage(visit, address = "") {
  await open(visit, serve(`${ORIGIN}/page`) + address);
  return ids(await twins(await lead(visit)));
}

/** A page of the shop without the companion, where cookies are set. @param {Visit} visit @param {...string} cookies */
async function start(visit, ...cookies) {
  await visit.page.goto(serve(`${ORIGIN}/plain`, { tag: false }));
  await setCookies(visit, cookies);
}

/** Values of all cookies of a name, HttpOnly ones too. @param {Visit} visit @param {string} name */
const jar = async (visit, name) => (await visit.allCookies()).filter((cookie) => cookie.name === name).map(({ value }) => value);

for (const [name, value] of Object.entries({
  "a made-up text": "made-up", "empty": "", "of three parts": "fb.1.1700000000000", "without a payload": "fb.1.1700000000000.", "of six parts": "fb.1.1700000000000.1.2.3",
  "without an index": "fb..1700000000000.1", "without a time": "fb.1.then.1", "with an appendix that is none": "fb.1.1700000000000.1.abc", "as another object's": "[object Object]",
  "in quotation marks": '"fb.1.1700000000000.1"',
})) {
  visiting(`case 31: an _fbp that is malformed (${name}) is replaced in both twins`, async (visit) => {
    await start(visit, `_fbp=${value}; ${DOMAIN}`);
    const { fbp } = await nextPage(visit);
    assert.match(fbp, NEW_FBP);
    assert.deepEqual(await jar(visit, "_fbp"), [fbp]);
    assert.equal((await nextPage(visit)).fbp, fbp);
  });
}

visiting("case 31: a malformed _fbp of the host alone does not keep the twins apart", async (visit) => {
  await start(visit, `_fbp=made-up; ${HOST}`);
  const { fbp } = await nextPage(visit);
  assert.match(fbp, /^fb\.[12]\.\d{13}\.\d{2,18}$/);
  assert.equal((await nextPage(visit)).fbp, fbp);
});

visiting("case 31: a malformed _fbp before a valid one does not keep the twins apart", async (visit) => {
  await start(visit, `_fbp=made-up; ${HOST}`, `_fbp=fb.1.1700000000000.111; ${DOMAIN}`);
  const { fbp } = await nextPage(visit);
  assert.equal(fbp, "fb.1.1700000000000.111");
  assert.equal((await nextPage(visit)).fbp, fbp);
});

visiting("case 31: an oversize _fbp is the same in both twins, and on the next page", async (visit) => {
  await start(visit, `_fbp=fb.1.1700000000000.${"9".repeat(3000)}; ${DOMAIN}`);
  const { fbp } = await nextPage(visit);
  assert.match(fbp, NEW_FBP);
  assert.deepEqual(await jar(visit, "_fbp"), [fbp]);
  assert.equal((await nextPage(visit)).fbp, fbp);
});

for (const [name, value] of Object.entries({
  "a percent-encoded payload": "fb.1.1700000000000.12%2034%25", "a payload of words": "fb.1.1700000000000.hello-world", "a time in seconds": "fb.1.1700000000.123",
  "an appendix of two": "fb.1.1700000000000.123.AQ", "an appendix of eight": "fb.1.1700000000000.123.AQYCAQMB", "an index of another depth": "fb.0.1700000000000.123",
})) {
  visiting(`case 31: an _fbp with ${name} is valid and stays byte for byte, page after page`, async (visit) => {
    await start(visit, `_fbp=${value}; ${DOMAIN}`);
    for (let page = 0; page < 3; page++) {
      assert.equal((await nextPage(visit)).fbp, value);
      assert.deepEqual(new Set(await jar(visit, "_fbp")), new Set([value]));
    }
  });
}

for (const [name, cookies] of Object.entries({
  "domain, then host": [`_fbp=fb.1.1700000000000.111; ${DOMAIN}`, `_fbp=fb.2.1700000000001.222; ${HOST}`],
  "host, then domain": [`_fbp=fb.2.1700000000001.222; ${HOST}`, `_fbp=fb.1.1700000000000.111; ${DOMAIN}`],
})) {
  visiting(`case 31: of _fbp twice, on two domains (${name}), the first counts for both twins`, async (visit) => {
    await start(visit, ...cookies);
    const first = await cookie(visit, "_fbp");
    assert.equal((await nextPage(visit)).fbp, first);
    assert.equal((await nextPage(visit)).fbp, first);
    assert.equal(await cookie(visit, "_fbp"), first);
  });
}

visiting("case 31: an HttpOnly _fbp is not seen, and the twins agree all the same", async (visit) => {
  const own = "fb.1.1700000000000.555";
  stage.world.proxy.answer(`${ORIGIN}/set`, { type: "text/html", headers: { "set-cookie": `_fbp=${own}; Domain=.shop.example; Path=/; Max-Age=1000; HttpOnly` }, body: '<link rel="icon" href="data:,">' });
  await visit.page.goto(`${ORIGIN}/set`);
  assert.deepEqual([await jar(visit, "_fbp"), await cookie(visit, "_fbp")], [[own], undefined]);
  const { fbp } = await nextPage(visit);
  // One level down: where the hidden one stands, no script can write in Chromium. In Firefox and WebKit it can.
  assert.match(fbp, byEngine(DIFFERENCES.hiddenCookie, { chromium: /^fb\.2\.\d{13}\.\d{2,18}$/, firefox: NEW_FBP, webkit: NEW_FBP }));
  // From then on the relay may have made the hidden one visible again, or not; the twins agree.
  await nextPage(visit);
  await nextPage(visit);
});

visiting("both cookies are written again once per page, for another 90 days, as they stand", async (visit) => {
  const values = { _fbp: "fb.1.1700000000000.111", _fbc: "fb.1.1700000000000.AbC" };
  await start(visit, ...Object.entries(values).map(([name, value]) => `${name}=${value}; ${DOMAIN}`));
  // Meta's library and the relay renew them, too.
  stage.world.proxy.block((url) => stage.world.isPixel(url) || stage.world.isEndpoint(url));
  await open(visit, serve(`${ORIGIN}/page`));
  await visit.twin("track", "Search");
  for (const [name, value] of Object.entries(values)) {
    const found = (await visit.allCookies()).filter((cookie) => cookie.name === name);
    assert.deepEqual(found.map(({ value, domain, path, httpOnly }) => [value, domain, path, httpOnly]), [[value, ".shop.example", "/", false]]);
    const days = ((found[0]?.expires ?? 0) - Date.now() / 1000) / 86_400;
    assert.ok(days > 89.9 && days < 90.1, `${name} lasts ${days} days`);
  }
  visit.failedLoads();
});

/** @type {{ name: string, has: string, address?: string, gets: string | RegExp }[]} */
const CLICKS = [
  { name: "with an appendix stays as it is", has: "fb.1.1700000000000.AbC.AQYCAQMB", gets: "fb.1.1700000000000.AbC.AQYCAQMB" },
  { name: "with a short appendix stays as it is", has: "fb.1.1700000000000.AbC.Bg", gets: "fb.1.1700000000000.AbC.Bg" },
  { name: "with an appendix and the same click keeps its time", has: "fb.1.1700000000000.AbC.AQYCAQMB", address: "?fbclid=AbC", gets: "fb.1.1700000000000.AbC.AQYCAQMB" },
  { name: "with an appendix and another click keeps the appendix", has: "fb.1.1700000000000.AbC.AQYCAQMB", address: "?fbclid=XyZ", gets: /^fb\.1\.17[89]\d{10}\.XyZ\.AQYCAQMB$/ },
  { name: "and the same click keeps its time", has: "fb.1.1700000000000.AbC", address: "?fbclid=AbC", gets: "fb.1.1700000000000.AbC" },
  { name: "and a click that differs in case only is another click", has: "fb.1.1700000000000.AbC", address: "?fbclid=abC", gets: /^fb\.1\.17[89]\d{10}\.abC$/ },
  { name: "with __DOT__ and the same click keeps its time", has: "fb.1.1700000000000.a__DOT__b", address: "?fbclid=a.b", gets: "fb.1.1700000000000.a__DOT__b" },
  { name: "with raw dots is invalid and gives way to the click", has: "fb.1.1700000000000.a.b.c", address: "?fbclid=a.b.c", gets: /^fb\.1\.17[89]\d{10}\.a__DOT__b__DOT__c$/ },
];

for (const { name, has, address, gets } of CLICKS) {
  visiting(`case 32: an _fbc ${name}`, async (visit) => {
    await start(visit, `_fbc=${has}; ${DOMAIN}`);
    const { fbc } = await nextPage(visit, address);
    if (typeof gets === "string") assert.equal(fbc, gets);
    else assert.match(fbc, gets);
    assert.deepEqual(await jar(visit, "_fbc"), [fbc]);
    assert.equal((await nextPage(visit, address)).fbc, fbc);
  });
}

visiting("case 32: an _fbc with raw dots and no click is in neither twin", async (visit) => {
  await start(visit, `_fbc=fb.1.1700000000000.a.b.c; ${DOMAIN}`);
  assert.equal((await nextPage(visit)).fbc, undefined);
});
