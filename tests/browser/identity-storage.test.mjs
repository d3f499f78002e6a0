/**
 * Where the browser stores nothing, or stops to: no error, both twins of an event, and the developer is told.
 */

import assert from "node:assert/strict";
import { ids, lead, setStage } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

const stage = setStage();
const { visiting, open, serve, twins, one } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */

const FBP = /^fb\.\d\.\d{13}\.\d{2,18}$/;
const ORIGIN = "https://www.shop.example";

/** Waits for warnings, none twice. @param {Visit} visit @param {...string} codes */
async function warned(visit, ...codes) {
  for (const code of codes) {
    await until(code, () => visit.warnings.some((text) => text.endsWith(`(${code})`)), () => visit.warnings);
  }
  assert.equal(new Set(visit.warnings).size, visit.warnings.length);
}

/** The page replaces what the browser has, before all else. @param {string} script */
const page = (script) => serve(`${ORIGIN}/page`, { data: { debug: "" }, head: `<script>${script}</script>` });

visiting("case 26: where document.cookie takes nothing both twins go, with one fbp from the server for the page", async (visit) => {
  await open(visit, page("Object.defineProperty(document,'cookie',{get:()=>'',set(){}})") + "?fbclid=AbC");
  const first = await twins(await lead(visit));
  const second = await twins(await lead(visit));
  assert.match(first.server.user_data.fbp, FBP);
  assert.match(first.server.user_data.fbc, /\.AbC$/);
  assert.deepEqual([second.server.user_data.fbp, second.server.user_data.fbc], [first.server.user_data.fbp, first.server.user_data.fbc]);
  await warned(visit, "cookies_unavailable");
}, { origin: ORIGIN });

visiting("case 26: where document.cookie throws the server twin and the call of the Pixel go", async (visit) => {
  // The stand-in's library gives up there, so one that only takes note has its place.
  recordCalls();
  await open(visit, page("Object.defineProperty(document,'cookie',{get(){throw new DOMException('no','SecurityError')},set(){throw new DOMException('no','SecurityError')}})"));
  const id = await lead(visit);
  assert.match((await one(id, "server only")).server.user_data.fbp, FBP);
  const leads = await until("the Pixel's call", () => ((calls) => calls.length > 0 && calls)(recorded().filter((call) => call[2] === "Lead")));
  assert.deepEqual(leads.map((call) => [call[0], call[4]]), [["trackSingle", { eventID: id }]]);
  await warned(visit, "cookies_unavailable");
}, { origin: ORIGIN });

// Null in web views without DOM storage; in Firefox a damaged store is there, and each reading throws.
for (const [name, script] of Object.entries({
  "throws on access": "Object.defineProperty(window,'localStorage',{get(){throw new DOMException('no','SecurityError')}})",
  "is null": "Object.defineProperty(window,'localStorage',{value:null})",
  "is missing": "Object.defineProperty(window,'localStorage',{value:undefined})",
  "throws on reading": "{const store=new Proxy({},{get(){throw new Error('get')},has(){throw new Error('has')},ownKeys(){throw new Error('keys')},getOwnPropertyDescriptor(){throw new Error('own')}});Object.defineProperty(window,'localStorage',{value:store})}",
  "throws on writing": "{const no=()=>{throw new DOMException('full','QuotaExceededError')};const store=new Proxy(localStorage,{set:no,defineProperty:no,get:(to,key)=>key==='setItem'?no:typeof to[key]==='function'?to[key].bind(to):to[key]});Object.defineProperty(window,'localStorage',{value:store})}",
})) {
  visiting(`case 27: where localStorage ${name} both twins go, and the ids are the cookies'`, async (visit) => {
    await open(visit, page(script) + "?fbclid=AbC");
    const first = ids(await twins(await lead(visit, { orderId: name })));
    assert.match(first.fbp, FBP);
    // Fired once in this page: memory does what storage can't.
    await lead(visit, { orderId: name });
    assert.deepEqual(ids(await twins(await lead(visit))), first);
    await twins(`order_${name}`);
    await warned(visit, "storage_unavailable");
    await open(visit, page(script));
    assert.deepEqual(ids(await twins(await lead(visit))), first);
  }, { origin: ORIGIN });
}

/** Fills the quota to the last character with what is the shop's own. Runs in the page. */
function fill() {
  let size = 1 << 22;
  for (let place = 0; size >= 1; ) {
    try {
      localStorage.setItem(`shop${place}`, "x".repeat(size));
      place++;
    } catch {
      size = size > 1 ? size >> 1 : 0;
    }
  }
  try {
    for (;;) localStorage["shop9"] += "x";
  } catch {}
  return JSON.stringify(Object.entries(localStorage).filter(([key]) => key.startsWith("shop")).map(([key, value]) => [key, value.length]));
}

visiting("case 27: where localStorage is full both twins go, and what the shop has stored stays", async (visit) => {
  await visit.page.goto(serve(`${ORIGIN}/plain`, { tag: false }));
  const shops = await visit.page.evaluate(fill);
  assert.equal(await visit.page.evaluate(() => { try { localStorage["a"] = "a"; return "written"; } catch (error) { return /** @type {Error} */ (error).name; } }), "QuotaExceededError");
  await open(visit, page(""));
  const first = ids(await twins(await lead(visit, { orderId: "full" })));
  await lead(visit, { orderId: "full" });
  assert.deepEqual(ids(await twins(await lead(visit))), first);
  await twins("order_full");
  await warned(visit, "storage_unavailable");
  assert.equal(await visit.page.evaluate(() => JSON.stringify(Object.entries(localStorage).filter(([key]) => key.startsWith("shop")).map(([key, value]) => [key, value.length]))), shops);
}, { origin: ORIGIN });

visiting("case 27: where localStorage fills up later, what waits in memory is delivered from there", async (visit) => {
  await open(visit, page(""));
  await twins(await lead(visit));
  await visit.page.evaluate(fill);
  const unblock = stage.world.proxy.block(stage.world.isEndpoint);
  const id = await lead(visit);
  await one(id, "browser only");
  assert.equal(/** @type {any} */ (await visit.twin("diagnose")).backlog, 1);
  unblock();
  await visit.twin("flush");
  await twins(id);
  await until("an empty outbox", async () => /** @type {any} */ (await visit.twin("diagnose")).backlog === 0);
}, { origin: ORIGIN, failedLoads: true });

// Errors in frames reach no console that every engine tells of, so the framed page reports them itself, as it does its id.
const REPORTING = `<script>function report(what,text){new Image().src="/report?"+new URLSearchParams({what:what,text:String(text),n:report.n=-~report.n})}
addEventListener("error",function(event){report("error",event.message)});addEventListener("unhandledrejection",function(event){report("error",event.reason)})</script>`;
const TRACKING = 'twin("track","Lead",{},{},function(id){report("id",id)})';

/** What framed pages have reported. @param {string} what */
const reports = (what) => stage.world.proxy.seen.filter(({ url }) => new URL(url).pathname === "/report").map(({ url }) => new URL(url).searchParams).filter((report) => report.get("what") === what).map((report) => report.get("text") ?? "");

/** A library in the stand-in's place that notes the calls. Each goes out as an image, so that frames are heard, too. */
function recordCalls() {
  for (const place of ["called", "report"]) stage.world.proxy.answer(`${ORIGIN}/${place}`, { status: 204 });
  stage.world.proxy.answer(stage.library(ORIGIN), { type: "text/javascript", body: "fbq.callMethod=function(){new Image().src=location.origin+'/called?'+encodeURIComponent(JSON.stringify([].slice.call(arguments)))+'&'+Math.random()};fbq.queue.splice(0).forEach(function(call){fbq.callMethod.apply(fbq,call)})".replace("location.origin", `'${ORIGIN}'`) });
}
/** @returns {any[][]} */
const recorded = () => stage.world.proxy.seen.filter(({ url }) => url.startsWith(`${ORIGIN}/called?`)).map(({ url }) => JSON.parse(decodeURIComponent(new URL(url).search.slice(1).split("&")[0] ?? "")));

visiting("case 29: in a sandboxed frame without an origin nothing throws, the Pixel is called and the post is tried, with one id", async (visit) => {
  recordCalls();
  const own = `${REPORTING}<script>try{document.cookie;report("state","cookies")}catch(error){report("state",error.name)}try{localStorage;report("state","storage")}catch(error){report("state",error.name)}</script>`;
  const inner = serve(`${ORIGIN}/inner`, { head: own, data: { endpoint: `${ORIGIN}/twin/events` }, calls: TRACKING });
  await visit.page.goto(serve(`${ORIGIN}/outer`, { tag: false, body: `<iframe sandbox="allow-scripts" src="${inner}"></iframe>` }));
  const [id = ""] = await until("the id", () => reports("id").length > 0 && reports("id"), () => [reports("error"), recorded()]);
  assert.match(id, /^[\da-f-]{36}$/);
  assert.deepEqual(await until("both states", () => reports("state").length === 2 && reports("state")), ["SecurityError", "SecurityError"]);
  const call = await until("the call of the Pixel", () => recorded().find((call) => call[2] === "Lead"), recorded);
  assert.deepEqual([call[0], call[4]], ["trackSingle", { eventID: id }]);
  // Whose origin is null has to be let in by the endpoint; ours is asked, and does not.
  const asked = await until("a request to the endpoint", () => stage.world.proxy.seen.find((request) => stage.world.isEndpoint(request)));
  assert.deepEqual([asked.headers.origin, asked.method], ["null", "OPTIONS"]);
  assert.deepEqual(reports("error"), []);
}, { origin: ORIGIN, failedLoads: true });

visiting("case 29: in a sandboxed frame the server twin goes where the endpoint lets it", async (visit) => {
  recordCalls();
  const headers = { "access-control-allow-origin": "null", "access-control-allow-credentials": "true", "access-control-allow-headers": "content-type" };
  /** @type {any[]} */
  const posted = [];
  stage.world.proxy.answer(`${ORIGIN}/open/events`, ({ method, body }) => (method === "POST" && posted.push(...JSON.parse(body).data), { status: method === "POST" ? 202 : 204, headers }));
  const inner = serve(`${ORIGIN}/inner`, { head: REPORTING, data: { endpoint: `${ORIGIN}/open/events` }, calls: TRACKING });
  await visit.page.goto(serve(`${ORIGIN}/outer`, { tag: false, body: `<iframe sandbox="allow-scripts" src="${inner}"></iframe>` }));
  const event = await until("the post", () => posted[0], () => [reports("error"), reports("id")]);
  await until("the id", () => reports("id")[0] === event.event_id, () => [event, reports("id")]);
  assert.match(event.user_data.fbp, FBP);
  assert.equal(event.event_source_url, `${ORIGIN}/inner`);
  assert.deepEqual([posted.length, reports("error")], [1, []]);
}, { origin: ORIGIN });

visiting("case 30: in a frame on another site both twins go with one id, and the server's fbp lasts for that site", async (visit) => {
  const inner = serve(`${ORIGIN}/inner`, { head: REPORTING, calls: TRACKING });
  const outer = serve("https://portal.example/", { tag: false, body: `<iframe src="${inner}"></iframe>` });
  /** @type {string[]} */
  const fbps = [];
  for (let time = 0; time < 2; time++) {
    await visit.page.goto(outer);
    const id = await until("the id", () => reports("id")[time], () => reports("error"));
    const row = await twins(id);
    assert.equal(row.server.event_source_url, inner);
    assert.equal(row.browser.params.if, "true");
    for (const fbp of [row.browser.fbp, row.server.user_data.fbp]) assert.match(fbp, FBP);
    fbps.push(row.server.user_data.fbp);
  }
  assert.equal(fbps[1], fbps[0]);
  assert.deepEqual(reports("error"), []);
}, { origin: ORIGIN });
