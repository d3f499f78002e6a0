/**
 * Pages that have replaced what the companion stands on: the page never sees an error of ours, and what can go goes.
 */

import assert from "node:assert/strict";
import { DIFFERENCES, only } from "./support/engines/differences.mjs";
import { publishNpm } from "./support/pages.mjs";
import { BASE_CODE, call, lead, setStage } from "./support/stage.mjs";
import { until } from "./support/until.mjs";
import { PIXEL_ID } from "./support/world.mjs";

const stage = setStage();
const { visiting, open, serve, twins, one } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */

/** Opens a page whose own script runs before all else. @param {Visit} visit @param {string} script @param {import("./support/stage.mjs").Page} [page] */
const openPage = (visit, script, page = {}) => open(visit, serve("/hostile", { ...page, data: { debug: "", ...page.data }, head: `${script && `<script>${script}</script>`}${page.head ?? ""}` }));

/** Waits for a warning. @param {Visit} visit @param {string} field @param {RegExp} rest */
const warned = (visit, field, rest) => until(`a warning ${rest} at ${field}`, () => visit.warnings.some((text) => text.startsWith(`[pixel-twin] ${field}: `) && rest.test(text)), () => visit.warnings);

/** What the page's `fbq` is when the companion comes. `pixel`: whether the event can reach the Pixel. @type {{ name: string, script: string, pixel: boolean, code?: string }[]} */
const FBQS = [
  { name: "a function that throws", script: "window.fbq=function(){throw new Error('fbq')}", pixel: false, code: "fbq_threw" },
  { name: "a function that throws what is no error", script: "window.fbq=function(){throw undefined}", pixel: false, code: "fbq_threw" },
  { name: "a function that swallows", script: "window.fbq=function(){}", pixel: false },
  { name: "a Proxy whose traps throw", script: "window.fbq=new Proxy(function(){},new Proxy({},{get(){throw new Error('trap')}}))", pixel: false },
  { name: "a getter that throws", script: "Object.defineProperty(window,'fbq',{get(){throw new Error('get')}})", pixel: false },
  { name: "an object", script: "window.fbq={queue:[]}", pixel: true },
  { name: "a number", script: "window.fbq=42", pixel: true },
  { name: "null", script: "window.fbq=null", pixel: true },
  { name: "an object for good", script: "Object.defineProperty(window,'fbq',{value:{}})", pixel: false },
  { name: "undefined for good", script: "Object.defineProperty(window,'fbq',{value:undefined})", pixel: false },
  { name: "a frozen stub", script: "", pixel: false },
  { name: "a stub without a queue", script: "window.fbq=function(){};fbq.queue=null", pixel: false },
  { name: "a stub whose queue throws", script: "window.fbq=function(){};Object.defineProperty(fbq,'queue',{get(){throw new Error('queue')}})", pixel: false },
];

for (const { name, script, pixel, code } of FBQS) {
  visiting(`case 60: fbq is ${name}`, async (visit) => {
    const frozen = `${BASE_CODE}<script>Object.freeze(fbq)</script>`;
    await openPage(visit, script, { head: script ? "" : frozen });
    for (let time = 0; time < 2; time++) {
      const id = await lead(visit);
      await (pixel ? twins(id) : one(id, "server only"));
    }
    if (code) await warned(visit, "fbq", new RegExp(`\\(${code}\\)$`));
    assert.equal(typeof (await visit.twin("diagnose")), "object");
  });
}

for (const [name, script] of Object.entries({ "deleted": "delete window.fbq;delete window._fbq", "replaced by one that throws": "window.fbq=function(){throw new Error('fbq')}", "replaced by an object": "window.fbq={}", "frozen": "Object.freeze(fbq)" })) {
  visiting(`case 60: fbq is ${name} later`, async (visit) => {
    await openPage(visit, "");
    await twins(await lead(visit));
    await visit.page.evaluate((/** @type {string} */ script) => new Function(script)(), script);
    const id = await lead(visit);
    // A frozen one goes on working; the others are gone for the Pixel, and the server twin goes.
    await (name === "frozen" ? twins(id) : one(id, "server only"));
    assert.equal(typeof (await visit.twin("diagnose")), "object");
  });
}

/** The eight shapes of a replaced fetch; each passes the request on first. `status`: what can be known of the answer. @type {{ name: string, answer: string, status: number }[]} */
const FETCHES = [
  { name: "resolves to a Response", answer: "return sent", status: 202 },
  { name: "rejects with a TypeError", answer: "return Promise.reject(new TypeError('Failed to fetch'))", status: 0 },
  { name: "rejects with a string", answer: "return Promise.reject('no')", status: 0 },
  { name: "rejects with undefined", answer: "return Promise.reject()", status: 0 },
  { name: "resolves to what only looks like a Response", answer: "return Promise.resolve({ok:true,status:200})", status: 200 },
  { name: "resolves to undefined", answer: "return Promise.resolve()", status: 0 },
  { name: "throws", answer: "throw new TypeError('fetch')", status: 0 },
  { name: "gives no promise", answer: "return {status:200}", status: 200 },
];
// Those that resolve have sent the request; the others have not.
const REPLACED = (/** @type {string} */ answer) => `(function(){var real=window.fetch;window.lost=[];addEventListener('unhandledrejection',function(event){lost.push(String(event.reason))});
window.fetch=function(url){if(!window.replaced||!/twin\\/events/.test(url))return real.apply(this,arguments);window.asked=-~window.asked;${/reject|throw|resolve\(\)/.test(answer) ? "" : "var sent=real.apply(this,arguments);"}${answer}};window.replaced=true})()`;

for (const { name, answer, status } of FETCHES) {
  visiting(`case 61: fetch ${name}`, async (visit) => {
    await openPage(visit, REPLACED(answer));
    const id = await lead(visit);
    const diagnosis = async () => /** @type {any} */ (await visit.twin("diagnose"));
    await until("the answer", async () => (await diagnosis()).lastStatus === status, diagnosis);
    // What is delivered is delivered, what is not is kept.
    await visit.twin("flush");
    assert.equal((await diagnosis()).backlog, status ? 0 : 1);
    assert.ok(await visit.page.evaluate(() => /** @type {any} */ (window).asked >= 1));
    await visit.page.evaluate(() => (/** @type {any} */ (window).replaced = false));
    await visit.twin("flush");
    await twins(id);
    await until("an empty outbox", async () => (await diagnosis()).backlog === 0, diagnosis);
    assert.deepEqual(await visit.page.evaluate(() => /** @type {any} */ (window).lost), []);
  });
}

for (const [name, script] of Object.entries({ "missing": "delete window.fetch", "null for good": "Object.defineProperty(window,'fetch',{value:null})", "a getter that throws": "Object.defineProperty(window,'fetch',{get(){throw new Error('fetch')}})" })) {
  visiting(`case 61: fetch is ${name}`, async (visit) => {
    await openPage(visit, script);
    const id = await lead(visit);
    await one(id, "browser only");
    assert.equal(/** @type {any} */ (await visit.twin("diagnose")).backlog, 1);
    // The next page has one.
    await openPage(visit, "");
    await twins(id);
  });
}

/** As prototype.js 1.6 did it, and pages still do. */
const PROTOTYPE = `Object.toJSON=function(value){if(value===null)return"null";if(value===undefined)return;if(value.toJSON)return value.toJSON();if(typeof value!=="object")return String(value);
var parts=[];for(var key in value)parts.push('"'+key+'": '+Object.toJSON(value[key]));return"{"+parts.join(", ")+"}"};
Array.prototype.toJSON=function(){return"["+this.map(Object.toJSON).join(", ")+"]"};String.prototype.toJSON=function(){return'"'+this+'"'};Number.prototype.toJSON=function(){return String(this)};
Array.prototype.each=function(call){for(var place=0;place<this.length;place++)call(this[place])};Array.prototype.include=function(){return true};Object.extend=function(to,from){for(var key in from)to[key]=from[key];return to}`;

/**
 * What pages take away or replace, and what goes all the same where that happens before the companion and after it: both
 * twins, or the Pixel event at least.
 * @type {{ name: string, script: string, before: "both" | "pixel", after: "both" | "pixel" }[]}
 */
const REPLACEMENTS = [
  { name: "JSON.stringify is replaced by one that throws", script: "JSON.stringify=function(){throw new Error('stringify')}", before: "pixel", after: "both" },
  { name: "JSON.stringify is replaced by one that lies", script: "JSON.stringify=function(){return'[object Object]'}", before: "pixel", after: "both" },
  { name: "JSON.parse is replaced by one that throws", script: "JSON.parse=function(){throw new Error('parse')}", before: "pixel", after: "both" },
  { name: "prototype.js is there", script: PROTOTYPE, before: "both", after: "both" },
  { name: "Object.prototype has a toJSON", script: "Object.prototype.toJSON=function(){return'nothing'}", before: "both", after: "both" },
  { name: "Object.prototype has enumerable properties", script: "Object.prototype.extend=function(){};Object.prototype.user=1;Object.prototype.routing='none'", before: "both", after: "both" },
  { name: "Promise is replaced by one that never settles", script: "window.Promise=function(){};Promise.prototype.then=function(){return this};Promise.resolve=Promise.all=Promise.reject=function(){return new Promise()}", before: "pixel", after: "pixel" },
  { name: "Promise is missing", script: "delete window.Promise", before: "pixel", after: "pixel" },
  { name: "TextEncoder is missing", script: "delete window.TextEncoder", before: "pixel", after: "both" },
  { name: "TextDecoder is missing", script: "delete window.TextDecoder", before: "pixel", after: "both" },
  { name: "TextEncoder is replaced by one that throws", script: "TextEncoder.prototype.encode=function(){throw new Error('encode')}", before: "pixel", after: "pixel" },
  { name: "crypto.randomUUID is missing", script: "delete Crypto.prototype.randomUUID", before: "both", after: "both" },
  { name: "crypto.randomUUID is replaced by one that throws", script: "Crypto.prototype.randomUUID=function(){throw new Error('uuid')}", before: "both", after: "both" },
  { name: "crypto.getRandomValues is replaced by one that throws", script: "Crypto.prototype.getRandomValues=function(){throw new Error('random')}", before: "pixel", after: "pixel" },
  { name: "Date.now is replaced by one that gives NaN", script: "Date.now=function(){return NaN}", before: "both", after: "both" },
  { name: "Date.now is replaced by one that gives text", script: "Date.now=function(){return'now'}", before: "both", after: "both" },
  { name: "Date.now is replaced by one that gives fractions", script: "(function(now){Date.now=function(){return now()+0.25}})(Date.now)", before: "both", after: "both" },
  { name: "setTimeout is replaced by one that does nothing", script: "window.setTimeout=function(){return 0}", before: "both", after: "both" },
  { name: "addEventListener is replaced by one that throws", script: "window.addEventListener=EventTarget.prototype.addEventListener=function(){throw new Error('listen')}", before: "both", after: "both" },
  { name: "console.warn is missing", script: "delete console.warn", before: "both", after: "both" },
];

/** Both twins of an event, or its Pixel event at least. @param {string} id @param {"both" | "pixel"} what */
async function goes(id, what) {
  if (what === "both") assert.equal((await twins(id)).server.custom_data?.currency, "USD");
  else await until(`${id} at the Pixel`, async () => (await stage.world.conversions()).some((row) => row.event_id === id && row.browser), () => stage.world.conversions());
}

for (const { name, script, before, after } of REPLACEMENTS) {
  const options = /^(JSON|Object\.prototype)\.|Promise/.test(script) ? only(DIFFERENCES.driverJson) : {};
  visiting(`case 62: ${name}, before the companion`, async (visit) => {
    await openPage(visit, script);
    const ids = [await lead(visit, { orderId: name, user: { em: "a@b.co", fn: "İ" } }), await lead(visit)];
    assert.equal(ids[0], `order_${name}`);
    assert.match(ids[1] ?? "", /./);
    for (const id of ids) await goes(id, before);
  }, options);
  visiting(`case 62: ${name}, after the companion and Meta's library`, async (visit) => {
    await openPage(visit, "");
    await twins(await lead(visit));
    await visit.page.evaluate((/** @type {string} */ script) => new Function(script)(), script);
    const ids = [await lead(visit, { orderId: `${name} later`, user: { em: "a@b.co", fn: "İ" } }), await lead(visit)];
    assert.equal(ids[0], `order_${name} later`);
    for (const id of ids) await goes(id, after);
  }, options);
}

visiting("case 62: with prototype.js lists stay lists in the server twin", async (visit) => {
  await openPage(visit, PROTOTYPE);
  const contents = [{ id: "a", quantity: 2 }];
  const id = await call(visit, "track", "Purchase", { value: 1, currency: "USD", content_ids: ["a", "b"], contents, own: [1, [2]] });
  assert.deepEqual((await twins(id)).server.custom_data, { value: 1, currency: "USD", content_ids: ["a", "b"], contents, own: [1, [2]] });
});

visiting("case 62: Date.now is missing", async (visit) => {
  // Meta's library, the stand-in's too, does not live without.
  stage.world.proxy.block(stage.world.isPixel);
  await openPage(visit, "delete Date.now");
  const { server } = await one(await lead(visit), "server only");
  assert.ok(Math.abs(server.event_time * 1000 - Date.now()) < 60_000);
}, { failedLoads: true });

for (const [name, head] of Object.entries({ "an element": '<div id="twin"></div>', "two elements": '<i id="twin"></i><a name="twin"></a><i id="twin"></i>', "a form": '<form name="twin"></form>', "a frame": '<iframe name="twin" srcdoc="x"></iframe>' })) {
  visiting(`case 63: window.twin is taken by the id or name of ${name}: it is ours then`, async (visit) => {
    await visit.page.goto(serve("/taken", { tag: false, head, body: stage.tag(visit.origin, { debug: "" }) }));
    await visit.ready();
    await twins(await lead(visit));
    assert.ok(visit.warnings.every((text) => !text.includes("name_taken")));
  });
}

for (const [name, script] of Object.entries({ "another script's object": "window.twin={version:3,track:1}", "another script's object for good": "Object.defineProperty(window,'twin',{value:{version:3}})", "another script's list": "window.twin=[3]", "a number": "window.twin=3" })) {
  visiting(`case 63: window.twin is ${name}: it is left alone, and the developer is told`, async (visit) => {
    await visit.page.goto(serve("/taken", { tag: false, head: `<script>${script};window.before=window.twin</script>`, body: stage.tag(visit.origin, { debug: "" }) }));
    await until("a warning name_taken", () => visit.warnings.some((text) => /^\[pixel-twin\] .*twin.*\(name_taken\)$/.test(text)), () => visit.warnings);
    assert.equal(await visit.page.evaluate(() => /** @type {any} */ (window).twin === /** @type {any} */ (window).before), true);
  });
}

/** Attributes that are wrong: the notice names the key and the fix. @type {{ name: string, data: Record<string, string | undefined>, field: string, rest: RegExp, pixel?: boolean, server?: boolean }[]} */
const OPTIONS = [
  { name: "an unknown key", data: { "pixel-ids": "1" }, field: "pixelIds", rest: /spelling.*\(option_unknown\)$/ },
  { name: "no pixel id", data: { "pixel-id": undefined }, field: "pixelId", rest: /data-pixel-id.*\(pixel_id_missing\)$/, pixel: false },
  { name: "an empty pixel id", data: { "pixel-id": "" }, field: "pixelId", rest: /pixel.*digits/, pixel: false },
  { name: "a pixel id that is none", data: { "pixel-id": "my pixel" }, field: "pixelId", rest: /digits.*\(pixel_id_invalid\)$/, pixel: false },
  { name: "one good pixel id among bad ones", data: { "pixel-id": `x, ${PIXEL_ID}` }, field: "pixelId", rest: /digits.*\(pixel_id_invalid\)$/ },
  { name: "an endpoint without a scheme", data: { endpoint: "shop.example/twin/events" }, field: "endpoint", rest: /\/twin\/events.*https.*\(endpoint_invalid\)$/, server: false },
  { name: "an endpoint of another scheme", data: { endpoint: "javascript:alert(1)" }, field: "endpoint", rest: /https.*\(endpoint_invalid\)$/, server: false },
  { name: "an endpoint that is no address", data: { endpoint: "https://" }, field: "endpoint", rest: /https.*\(endpoint_invalid\)$/, server: false },
  { name: "an unknown routing", data: { routing: "everything" }, field: "routing", rest: /default.*\(option_invalid\)$/ },
  { name: "an unknown consent", data: { consent: "maybe" }, field: "consent", rest: /\(option_invalid\)$/ },
  { name: "routes that are no JSON", data: { routes: "{Lead:" }, field: "routes", rest: /\(option_invalid\)$/ },
  { name: "routes to an unknown side", data: { routes: '{"Lead":"moon"}' }, field: "routes.Lead", rest: /\(option_invalid\)$/ },
  { name: "an unknown gpc", data: { gpc: "perhaps" }, field: "gpc", rest: /\(option_invalid\)$/ },
  { name: "unknown page views", data: { "page-views": "auto" }, field: "pageViews", rest: /\(option_invalid\)$/ },
  { name: "data processing options of another name", data: { "data-processing-options": "LDO" }, field: "dataProcessingOptions", rest: /\(option_invalid\)$/ },
];

for (const { name, data, field, rest, pixel = true, server = true } of OPTIONS) {
  visiting(`case 64: ${name}: the notice names key and fix, and the rest works`, async (visit) => {
    await openPage(visit, "", { data });
    await warned(visit, field, rest);
    const id = await lead(visit);
    assert.match(id, /^[\da-f-]{36}$/);
    if (pixel && server) await twins(id);
    else if (pixel || server) await one(id, pixel ? "browser only" : "server only");
  });
}

visiting("case 64: an endpoint by plain http on a page by https: the notice says https, and the Pixel goes on", async (visit) => {
  await open(visit, serve(`${visit.origin}/page`, { data: { debug: "", endpoint: "http://relay.shop.example/events" } }));
  await warned(visit, "endpoint", /https/);
  await one(await lead(visit), "browser only");
  assert.deepEqual(stage.world.proxy.seen.filter(({ url }) => url.startsWith("http://relay")), []);
}, { origin: "https://www.shop.example" });

for (const [name, source] of Object.entries({ "nothing": "undefined", "null": "null", "a text": '"1234567890"', "a list": "[]", "a function": "() => 1", "wrong types": "{ pixelId: {}, endpoint: 5, routing: [], routes: 7, consent: {}, debug: 'x', remember: 'x', pixelScript: 0 }", "getters that throw": "{ get pixelId() { throw new Error('get'); } }", "a Proxy that throws": "new Proxy({}, { ownKeys() { throw new Error('trap'); } })" })) {
  visiting(`case 64: createTwin with ${name} for options resolves, tells what is wrong, and throws nothing`, async (visit) => {
    publishNpm(stage.world);
    await visit.page.goto(serve("/npm", { tag: false }));
    const [id, codes] = await visit.page.evaluate(async (/** @type {string} */ source) => {
      const { createTwin } = await import(/** @type {string} */ (`${location.origin}/npm/index.js`));
      const twin = await createTwin(new Function(`return (${source})`)());
      return [twin.track("Lead"), twin.diagnose().notices.map((/** @type {{ field: string }} */ { field }) => field)];
    }, source);
    assert.match(id, /^[\da-f-]{36}$/);
    assert.ok(codes.includes("pixelId"), `told are ${codes}`);
  });
}
