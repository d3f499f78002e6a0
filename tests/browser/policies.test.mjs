/**
 * Pages with strict policies (Content-Security-Policy, Trusted Types, Subresource Integrity, isolation; the browser enforces
 * each of them), and browsers that lack something or are no customer's. The numbers are those of the cases that the companion
 * has promised to stand.
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { byEngine, DIFFERENCES } from "./support/engines/differences.mjs";
import { sha256 } from "./support/shopping.mjs";
import { asked, meta, NONCE, openStrict, strictPage, told, violations } from "./support/strict.mjs";
import { expectFailedLoads } from "./support/visiting.mjs";
import { until } from "./support/until.mjs";
import { conversion, PIXEL_ID, startWorld } from "./support/world.mjs";

/** @type {import("./support/world.mjs").World} */
let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

/** A test with a visitor of its own, whose console must stay free of errors. @param {string} name @param {(visit: import("./support/world.mjs").Visit) => Promise<void>} body */
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

/** Both twins of the page's purchase come, with one id, one browser and the right hash. @param {string} order */
async function expectTwins(order) {
  const purchase = await conversion(world, "Purchase", "deduplicated");
  assert.equal(purchase.event_id, `order_${order}`);
  for (const { user_data } of [purchase.browser, purchase.server]) assert.equal(user_data.em, sha256("maria.schmidt@example.com"));
  assert.match(purchase.server.user_data.fbp, /^fb\.0\.\d{13}\.\d+$/);
  assert.equal(purchase.browser.fbp, purchase.server.user_data.fbp);
}

/** All errors must be of that kind, and there must be one, where the engine tells of them; they are taken away. @param {import("./support/world.mjs").Visit} visit @param {RegExp} pattern */
async function expectErrors(visit, pattern) {
  if (byEngine(DIFFERENCES.console, { chromium: true, firefox: true, webkit: false })) await until("an error on the console", () => visit.errors.length > 0);
  else assert.deepEqual(visit.errors, []);
  for (const error of visit.errors.splice(0)) assert.match(error, pattern);
}

/** What the engine says where a page's policy forbids WebAssembly: the violations, without the companion's part, and on the console. @param {import("./support/world.mjs").Visit} visit */
async function expectWasmRefusal(visit) {
  assert.deepEqual(await violations(visit), byEngine(DIFFERENCES.wasmPolicy, { chromium: ["script-src wasm-eval"], firefox: ["script-src wasm-eval"], webkit: [] }));
  const isRefusal = (/** @type {string} */ text) => /blocked WebAssembly/.test(text);
  if (byEngine(DIFFERENCES.wasmPolicy, { chromium: false, firefox: true, webkit: false })) await until("the refusal on the console", () => visit.errors.some(isRefusal));
  else assert.equal(visit.errors.some(isRefusal), false);
  visit.errors.splice(0, visit.errors.length, ...visit.errors.filter((text) => !isRefusal(text)));
}

/** No WebAssembly, and for the rest only what a shop needs. */
const csp = () => `default-src 'none'; script-src 'self' 'nonce-${NONCE}' ${meta(world)}; connect-src 'self'; img-src ${meta(world)}`;

visiting("case 65: under a CSP without wasm-unsafe-eval both twins go, through the plain-JS build", async (visit) => {
  const order = strictPage(world, { "content-security-policy": csp() });
  await openStrict(visit);
  await expectTwins(order);
  await expectWasmRefusal(visit);
  assert.equal(asked(world, "twin-plain.js"), 1);
  assert.deepEqual(await told(visit), ["plain_build"]);
  assert.equal(visit.warnings.filter((text) => /^\[pixel-twin\] WebAssembly: .*'wasm-unsafe-eval'.*\(plain_build\)$/.test(text)).length, 1);
});

visiting("case 65: … and with wasm-unsafe-eval no plain-JS build is asked for", async (visit) => {
  const order = strictPage(world, { "content-security-policy": csp().replace("script-src", "script-src 'wasm-unsafe-eval'") });
  await openStrict(visit);
  await expectTwins(order);
  assert.deepEqual([await violations(visit), await told(visit), asked(world, "twin-plain.js")], [[], [], 0]);
});

visiting("case 65: … and for the npm module, too", async (visit) => {
  for (const file of ["index.js", "plain.js"]) world.proxy.answer(`${world.shop.url}/npm/${file}`, { type: "text/javascript; charset=utf-8", body: await readFile(path.join(root, "dist", file)) });
  const options = { pixelId: PIXEL_ID, endpoint: "/twin/events", pixelScript: `${meta(world)}/en_US/fbevents.js` };
  const order = strictPage(world, { "content-security-policy": csp() }, {
    companion: `<script type="module" nonce="${NONCE}">import{createTwin}from"/npm/index.js";window.ours=await createTwin(${JSON.stringify(options)});for(const[method,...args]of twin.q)ours[method](...args)</script>`,
  });
  await visit.page.goto(`${world.shop.url}/strict`);
  await expectTwins(order);
  assert.equal(asked(world, "npm/plain.js"), 1);
  await expectWasmRefusal(visit);
});

for (const [what, source, plain] of /** @type {const} */ ([["", "", 1], [" and wasm-unsafe-eval", " 'wasm-unsafe-eval'", 0]])) {
  visiting(`case 66: with strict-dynamic${what}, tag, Pixel script and optional parts all load by the nonce`, async (visit) => {
    const order = strictPage(world, { "content-security-policy": `script-src 'nonce-${NONCE}' 'strict-dynamic'${source}; object-src 'none'; base-uri 'none'` });
    await openStrict(visit);
    await expectTwins(order);
    assert.deepEqual([asked(world, "twin-texts.js"), asked(world, "twin-plain.js")], [1, plain]);
    if (plain) await expectWasmRefusal(visit);
    else assert.deepEqual(await violations(visit), []);
  });
}

visiting("case 66: … and by the nonce alone", async (visit) => {
  const order = strictPage(world, { "content-security-policy": `script-src 'nonce-${NONCE}' ${meta(world)}` });
  await openStrict(visit);
  await expectTwins(order);
  assert.deepEqual([asked(world, "twin-texts.js"), asked(world, "twin-plain.js")], [1, 1]);
  await expectWasmRefusal(visit);
});

visiting("case 67: where connect-src forbids the endpoint the Pixel goes on, and the event is kept for a page that may", async (visit) => {
  const order = strictPage(world, { "content-security-policy": "connect-src 'none'" });
  await openStrict(visit);
  assert.equal((await conversion(world, "Purchase", "browser only")).event_id, `order_${order}`);
  await until("the refusal", async () => (await violations(visit)).includes(`connect-src ${world.shop.url}/twin/events`));
  assert.equal(/** @type {any} */ (await visit.twin("diagnose")).backlog, 1);
  assert.deepEqual(world.proxy.seen.filter(world.isEndpoint), []);
  await visit.open("/");
  await expectTwins(order);
  await expectErrors(visit, /Content[ -]Security[ -]Policy/);
});

visiting("case 67: … and the developer is told the fix, once", async (visit) => {
  strictPage(world, { "content-security-policy": "connect-src 'none'" });
  await openStrict(visit);
  await until("two refusals", async () => (await violations(visit)).length > 1);
  // Names come with the texts, a part of its own.
  await until("the notice's name", async () => !/^\d/.test((await told(visit))[0] ?? "0"));
  assert.deepEqual(await told(visit), ["endpoint_blocked"]);
  const heard = byEngine(DIFFERENCES.console, { chromium: 1, firefox: 1, webkit: 0 });
  assert.equal(visit.warnings.filter((text) => /^\[pixel-twin\] endpoint: .*\(then add the endpoint to connect-src\).*\(endpoint_blocked\)$/.test(text)).length, heard);
  await expectErrors(visit, /Content[ -]Security[ -]Policy/);
});

for (const [what, directive] of /** @type {const} */ ([["", ""], [" and the page names our policy", "; trusted-types pixel-twin"]])) {
  visiting(`case 68: with Trusted Types enforced${what}, both twins go`, async (visit) => {
    const order = strictPage(world, { "content-security-policy": `require-trusted-types-for 'script'${directive}` });
    await openStrict(visit);
    await assert.rejects(visit.page.evaluate(() => (document.createElement("script").src = "/x")), /TrustedScriptURL|Sink type mismatch|TrustedTypes|trusted/i);
    await expectTwins(order);
    await expectErrors(visit, /TrustedScriptURL|require-trusted-types-for/);
    assert.deepEqual([await told(visit), asked(world, "twin-texts.js")], [[], 1]);
  });
}

visiting("case 68: where Trusted Types do not let us load the Pixel, the server twin goes and the developer is told the fix", async (visit) => {
  const order = strictPage(world, { "content-security-policy": "require-trusted-types-for 'script'; trusted-types shop" });
  await openStrict(visit);
  assert.equal((await conversion(world, "Purchase", "server only")).event_id, `order_${order}`);
  assert.deepEqual(await told(visit), ["script_blocked"]);
  assert.ok(visit.warnings.some((text) => /trusted-types.*\(script_blocked\)$/.test(text)), String(visit.warnings));
  // Nothing is left in the way of a loader of the page's own.
  assert.equal(await visit.page.evaluate(() => "fbq" in window), false);
  await expectErrors(visit, /TrustedTypePolicy|TrustedScriptURL|trusted-types/);
});

/** @returns {Promise<Record<string, string>>} */
const integrity = async () => JSON.parse(await readFile(path.join(root, "dist/integrity.json"), "utf8"));

visiting("case 69: with its integrity pinned, the tag works", async (visit) => {
  const pinned = (await integrity())["twin.js"];
  assert.equal(pinned, `sha384-${createHash("sha384").update(await readFile(path.join(root, "dist/twin.js"))).digest("base64")}`);
  const order = strictPage(world, {}, { attributes: `integrity="${pinned}"` });
  await openStrict(visit);
  await expectTwins(order);
});

visiting("case 69: pinned to another file, the tag is refused, and the page goes on with its stub", async (visit) => {
  strictPage(world, {}, { attributes: `integrity="${(await integrity())["twin-plain.js"]}"` });
  await visit.page.goto(`${world.shop.url}/strict`);
  await until("the refusal", () => visit.page.evaluate(() => /** @type {any} */ (window).refused.length > 0));
  const calls = await visit.page.evaluate(() => {
    const { twin } = /** @type {any} */ (window);
    return [twin("track", "Lead"), twin("identify", { em: "a@b.co" }), twin.q.length];
  });
  // `undefined` in a list comes out of most browsers as `null`.
  assert.deepEqual(calls.map((value) => value ?? null), [null, null, 3]);
  assert.deepEqual(world.proxy.seen.filter((request) => world.isEndpoint(request) || world.isPixel(request)), []);
  await expectErrors(visit, /“?'?integrity”?'? attribute/);
});

for (const [what, file, status] of /** @type {const} */ ([["its own file", "twin-plain.js", "deduplicated"], ["another file", "twin.js", "browser only"]])) {
  visiting(`case 69: the plain-JS build is loaded under an import map that pins it to ${what}: ${status}`, async (visit) => {
    const map = { integrity: { "/twin-plain.js": (await integrity())[file] } };
    const order = strictPage(world, { "content-security-policy": csp() }, { first: `<script type="importmap" nonce="${NONCE}">${JSON.stringify(map)}</script>` });
    await openStrict(visit);
    assert.equal((await conversion(world, "Purchase", status)).event_id, `order_${order}`);
    await expectWasmRefusal(visit);
    if (status === "browser only") await expectErrors(visit, /integrity/);
  });
}

/** Under its own address, so that it is of another site than the shop. */
const LIBRARY = "https://connect.facebook.net/en_US/fbevents.js";
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** @param {Record<string, string>} headers of all that Meta answers */
async function answerAsMeta(headers) {
  world.proxy.answer(LIBRARY, { type: "text/javascript", headers, body: await readFile(path.join(root, "crates/standin/fbevents/fbevents.js")) });
  world.proxy.answer("https://www.facebook.com/tr/", { type: "image/gif", headers, body: Buffer.from("R0lGODlhAQABAAAAACwAAAAAAQABAAA=", "base64") });
}

visiting("case 70: on an isolated page both twins go, if Meta's answers say that other origins may have them", async (visit) => {
  await answerAsMeta({ "cross-origin-resource-policy": "cross-origin" });
  const order = strictPage(world, ISOLATED, { pixelScript: LIBRARY });
  await openStrict(visit);
  assert.equal(await visit.page.evaluate(() => crossOriginIsolated), true);
  assert.equal((await conversion(world, "Purchase", "server only")).event_id, `order_${order}`);
  const hit = await until("the Pixel's hit", () => world.proxy.seen.find(({ url, status }) => url.startsWith("https://www.facebook.com/tr/") && status));
  assert.equal(new URL(hit.url).searchParams.get("eid"), `order_${order}`);
});

visiting("case 70: … or if the page asks for credentialless isolation", async (visit) => {
  await answerAsMeta({});
  const order = strictPage(world, { ...ISOLATED, "cross-origin-embedder-policy": "credentialless" }, { pixelScript: LIBRARY });
  await openStrict(visit);
  assert.equal(await visit.page.evaluate(() => crossOriginIsolated), byEngine(DIFFERENCES.credentialless, { chromium: true, firefox: true, webkit: false }));
  assert.equal((await conversion(world, "Purchase", "server only")).event_id, `order_${order}`);
  await until("the Pixel's hit", () => world.proxy.seen.find(({ url, status }) => url.startsWith("https://www.facebook.com/tr/") && url.includes(`eid=order_${order}`) && status));
});

visiting("case 70: … and the server twin alone, if they do not", async (visit) => {
  await answerAsMeta({});
  const order = strictPage(world, ISOLATED, { pixelScript: LIBRARY });
  await openStrict(visit);
  assert.equal((await conversion(world, "Purchase", "server only")).event_id, `order_${order}`);
  await until("the refusal", async () => /** @type {any} */ (await visit.twin("diagnose")).pixel === "blocked");
  await expectErrors(visit, /ERR_BLOCKED_BY_RESPONSE|Cross-Origin-Resource-Policy/);
  // The Pixel event was fired; nobody came to fetch it.
  const call = await visit.page.evaluate(() => Array.from(/** @type {any} */ (window).fbq.queue.at(-1)));
  assert.deepEqual([call[0], call[2], call[4]], ["trackSingle", "Purchase", { eventID: `order_${order}` }]);
});

/** @param {import("./support/world.mjs").Visit} visit */
const withoutWasm = (visit) => visit.page.evaluateOnNewDocument(() => delete (/** @type {any} */ (window).WebAssembly));

visiting("case 71: without any WebAssembly both twins go, through the plain-JS build", async (visit) => {
  await withoutWasm(visit);
  const order = strictPage(world, {});
  await openStrict(visit);
  await expectTwins(order);
  assert.deepEqual([await told(visit), asked(world, "twin-plain.js")], [["plain_build"], 1]);
});

visiting("case 71: … and where no part can be loaded either, the Pixel event goes with its id", async (visit) => {
  await withoutWasm(visit);
  world.proxy.block(({ pathname }) => /^\/twin-.*\.js$/.test(pathname));
  const order = strictPage(world, {});
  await openStrict(visit);
  const purchase = await conversion(world, "Purchase", "browser only");
  assert.equal(purchase.event_id, `order_${order}`);
  assert.equal(purchase.browser.custom_data.value, "86.5");
  assert.match(/** @type {string} */ (await visit.twin("track", "Lead")), /^[\da-f]{8}-/);
  await conversion(world, "Lead", "browser only");
  expectFailedLoads(visit);
});

/** As they come from the apps; only the versions differ from phone to phone. */
const IN_APP = {
  "Facebook on iOS": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/517.0.0.51.101;FBBV/742614510;FBDV/iPhone16,2;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3;FBCR/;FBID/phone;FBLC/en_US;FBOP/80]",
  "Facebook on Android": "Mozilla/5.0 (Linux; Android 15; SM-S931B Build/AP3A.240905.015.A2; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/137.0.7151.89 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/517.0.0.44.86;IABMV/1;]",
  "Instagram on iOS": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 384.0.0.27.97 (iPhone16,2; iOS 18_5; en_US; en; scale=3.00; 1290x2796; 739413926; IABMV/1)",
  "Instagram on Android": "Mozilla/5.0 (Linux; Android 15; SM-S931B Build/AP3A.240905.015.A2; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/137.0.7151.89 Mobile Safari/537.36 Instagram 384.0.0.46.83 Android (35/15; 480dpi; 1080x2340; samsung; SM-S931B; pa1q; qcom; en_US; 739899393; IABMV/1)",
};

for (const [app, userAgent] of Object.entries(IN_APP)) {
  visiting(`case 72: both twins go in ${app}`, async (visit) => {
    await visit.setUserAgent(userAgent);
    const order = strictPage(world, {});
    await openStrict(visit);
    await expectTwins(order);
    const { server } = await conversion(world, "Purchase", "deduplicated");
    assert.equal(server.user_data.client_user_agent, userAgent);
  });
}

const BOTS = {
  Googlebot: "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/137.0.7151.119 Safari/537.36",
  HeadlessChrome: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/137.0.0.0 Safari/537.36",
};

for (const [bot, userAgent] of Object.entries(BOTS)) {
  visiting(`case 72: for ${bot} nothing is fired, posted or written`, async (visit) => {
    await visit.setUserAgent(userAgent);
    strictPage(world, {});
    await openStrict(visit);
    await visit.twin("track", "Purchase", { value: 1, currency: "USD" });
    await visit.twin("flush");
    // Whatever else the page was going to ask for has been asked for before this.
    await visit.page.evaluate(() => fetch("/assets/icon.svg"));
    await until("the last request", () => asked(world, "assets/icon.svg"));
    const sent = world.proxy.seen.filter((request) => world.isEndpoint(request) || new URL(request.url).pathname.startsWith("/tr"));
    assert.deepEqual(sent.map(({ url }) => url), []);
    assert.deepEqual([await visit.cookies(), await visit.storage()], ["", {}]);
  });
}
