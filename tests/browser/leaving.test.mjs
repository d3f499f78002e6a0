/**
 * Leaving a page and coming back to it: what was tracked arrives, and nothing is repeated.
 */

import assert from "node:assert/strict";
import { byEngine, DIFFERENCES, only } from "./support/engines/differences.mjs";
import { call, publish, STUB, tag } from "./support/pages.mjs";
import { stage } from "./support/visiting.mjs";
import { expectTwins, hits, kept, posts, summary } from "./support/twins.mjs";
import { until } from "./support/until.mjs";

/** @typedef {import("./support/world.mjs").World} World */
/** @typedef {import("./support/world.mjs").Visit} Visit */

const visiting = stage();
const ORDER = { value: 86.5, currency: "USD" };

/** Waits for the server event at Meta. @param {World} world @param {string} event_id */
const arrived = (world, event_id) => until(`the server event ${event_id}`, async () => (await world.conversions()).find((row) => row.event_id === event_id && row.server), () => summary(world));

/** Each leaves the page in the same task in which it has tracked, so that nothing of ours can run in between. */
const WAYS = {
  "a link": `<a id="away" href="/plain" onclick="leave()">away</a><script>addEventListener("go", () => document.getElementById("away").click())</script>`,
  "a form that is submitted": `<form id="away" action="/plain"><input name="q"></form><script>addEventListener("go", () => { leave(); document.getElementById("away").requestSubmit(); })</script>`,
  "location =": `<script>addEventListener("go", () => { leave(); location = "/plain"; })</script>`,
  "closing the tab": `<script>addEventListener("go", () => { leave(); close(); })</script>`,
};

Object.entries(WAYS).forEach(([way, markup], place) =>
  visiting(`case 14: tracked, and the page left at once by ${way}`, async (visit, world) => {
    const event_id = `leave-${place}`;
    publish(world, "/plain");
    publish(world, "/quiet", STUB, tag(world));
    publish(world, "/leave", STUB, tag(world), `<script>const leave = () => twin("track", "Lead", {}, { eventId: "${event_id}" })</script>`, markup);
    await visit.page.goto(`${visit.origin}/plain`);
    // A window that a script has opened may be closed by one.
    const [popup] = await Promise.all([new Promise((resolve) => visit.page.once("popup", resolve)), visit.page.evaluate(() => void open("/leave"))]);
    const leaving = /** @type {import("puppeteer-core").Page} */ (popup);
    await leaving.waitForFunction(() => /** @type {any} */ (window).fbq?.callMethod && /** @type {any} */ (window).twin.q.push !== Array.prototype.push);
    await leaving.evaluate(() => void dispatchEvent(new Event("go"))).catch(() => undefined);
    if (way === "closing the tab") await until("a closed tab", () => leaving.isClosed());
    else await leaving.waitForFunction(() => location.pathname === "/plain");
    // No page of the shop's with the companion is open any more.
    await arrived(world, event_id);
    const tab = await visit.tab();
    await tab.open("/quiet");
    const hasHit = hits(world).some((hit) => hit.event_id === event_id);
    // A picture that is asked for by a page that closes may die with it; from all others it arrives, but for Firefox.
    if (way !== "closing the tab" && byEngine(DIFFERENCES.pictures, { chromium: true, firefox: false, webkit: true })) assert.ok(hasHit, "the Pixel event was lost");
    await expectTwins(tab, { expect: [{ event_name: "Lead", event_id, from: hasHit ? "both" : "server" }], reposted: true });
  }, only(DIFFERENCES.popups)),
);

visiting("case 14: a post that is still on its way when the page is gone outlives it", async (visit, world) => {
  const origin = world.host("twin.shop.example");
  const headers = { "access-control-allow-origin": visit.origin, "access-control-allow-credentials": "true", "access-control-allow-headers": "content-type" };
  world.proxy.answer(`${origin}/twin/events`, ({ method }) => ({ status: method === "OPTIONS" ? 204 : 202, headers }));
  publish(world, "/leave", STUB, tag(world, { endpoint: `${origin}/twin/events` }));
  await visit.open("/leave");
  // Another origin is asked first whether it may be posted to, and takes its time.
  const hold = world.proxy.hold((url) => url.origin === origin);
  await visit.twin("track", "Purchase", ORDER, { orderId: "4014" });
  await until("the question", () => hold.requests.length === 1);
  assert.equal(hold.requests[0]?.method, "OPTIONS");
  // Closed, not left: a page that the browser keeps goes on with what it has asked for.
  const next = await visit.tab();
  await visit.close();
  hold.release();
  if (byEngine(DIFFERENCES.preflight, { chromium: false, firefox: false, webkit: true })) {
    assert.deepEqual(posts(world), []);
    await next.moveClock(60_000);
    await next.open("/leave");
  }
  await until("the post", () => posts(world).some(({ event_id }) => event_id === "order_4014"), () => world.proxy.seen.map(({ method, url }) => `${method} ${url}`));
});

visiting("case 15: a hidden tab is killed while its post is under way, and the post dies with it", async (visit, world) => {
  publish(world, "/quiet", STUB, tag(world));
  await visit.open("/quiet");
  const hold = world.proxy.hold(world.isEndpoint);
  await visit.twin("track", "Purchase", ORDER, { orderId: "4015" });
  await until("the post and the hit", () => hold.requests.length === 1 && hits(world).length === 1);
  const other = await visit.tab();
  await other.page.bringToFront();
  await until("a hidden tab", () => visit.page.evaluate(() => document.hidden));
  const unblock = world.proxy.block(world.isEndpoint);
  // Killed as by a phone that needs the memory: no event tells the page.
  const session = await visit.page.createCDPSession();
  const dead = new Promise((resolve) => visit.page.once("error", resolve));
  session.send("Page.crash").catch(() => undefined);
  await dead;
  hold.release();
  unblock();
  await other.open("/quiet");
  await expectTwins(other, { expect: [{ event_name: "Purchase", event_id: "order_4015" }], reposted: true });
}, only(DIFFERENCES.crash));

visiting("case 15: what a closed tab has left is posted by another one that was open all the time", async (visit, world) => {
  publish(world, "/quiet", STUB, tag(world));
  const other = await visit.tab();
  for (const tab of [visit, other]) await tab.open("/quiet");
  const unblock = world.proxy.block(world.isEndpoint);
  await visit.twin("track", "Purchase", ORDER, { orderId: "4115" });
  await until("the post and the hit", () => posts(world).length > 0 && hits(world).length > 0);
  await visit.close();
  unblock();
  await expectTwins(other, { expect: [{ event_name: "Purchase", event_id: "order_4115" }], reposted: true });
  visit.failedLoads();
});

/** How a page shows that was left and is gone back to: kept, or loaded anew. */
const BACK = [false, true];

/** How the page has shown so far, once it has. @param {Visit} visit @returns {Promise<boolean[]>} */
const shows = (visit) => until("a page that shows", () => visit.page.evaluate((count) => /** @type {any} */ (window).shows.length >= count && /** @type {any} */ (window).shows, BACK.length));

/** A page that says how it came back. */
const NOTES_SHOWS = `<script>var shows = []; addEventListener("pageshow", (event) => shows.push(event.persisted))</script>`;

for (const tabs of ["one tab", "another tab open"]) {
  visiting(`case 16: back to a page that the browser has kept, ${tabs}: nothing is repeated, and later events go`, async (visit, world) => {
    const order = tabs === "one tab" ? "4016" : "4116";
    publish(world, "/kept", NOTES_SHOWS, STUB, tag(world), call("track", "Purchase", ORDER, { orderId: order }), call("track", "Contact"));
    publish(world, "/quiet", STUB, tag(world));
    publish(world, "/plain");
    if (tabs !== "one tab") await (await visit.tab()).open("/quiet");
    await visit.page.bringToFront();
    await visit.open("/kept");
    await until("an empty outbox", async () => posts(world).length === 2 && (await kept(visit)).length === 0);
    await visit.page.goto(`${visit.origin}/plain`);
    await visit.back();
    assert.deepEqual(await shows(visit), BACK, "the page was loaded anew: something of ours keeps it from being frozen");
    await expectTwins(visit, {
      action: () => visit.twin("track", "Lead"),
      expect: [{ event_name: "Purchase", event_id: `order_${order}` }, { event_name: "Contact" }, { event_name: "Lead" }],
    });
  });
}

visiting("case 16: what a frozen page had not got rid of is posted once, by the page that follows or by itself when it is back", async (visit, world) => {
  publish(world, "/kept", NOTES_SHOWS, STUB, tag(world), call("track", "Purchase", ORDER, { orderId: "4216" }));
  publish(world, "/quiet", STUB, tag(world));
  const unblock = world.proxy.block(world.isEndpoint);
  await visit.open("/kept");
  await until("the hit", () => hits(world).length === 1);
  await visit.page.goto(`${visit.origin}/quiet`);
  await visit.ready();
  unblock();
  await visit.back();
  assert.deepEqual(await shows(visit), BACK);
  visit.failedLoads();
  await expectTwins(visit, { expect: [{ event_name: "Purchase", event_id: "order_4216" }], reposted: true });
});

/** Lets the browser prepare a page before anybody asks for it. @param {string} path */
const prerender = (path) => `<script type="speculationrules">{"prerender":[{"source":"list","urls":["${path}"],"eagerness":"immediate"}]}</script>`;

/** Tells of itself, still in preparation, when the companion is up: what is stored, and whether it is being prepared. */
const REPORTS = `<script>
document.addEventListener("prerenderingchange", () => fetch("/shown"));
const ready = setInterval(() => {
  if (!window.twin.q || window.twin.q.push === Array.prototype.push) return;
  clearInterval(ready);
  // Later than all that the companion has to do now.
  requestIdleCallback(() => fetch("/report", { method: "POST", body: JSON.stringify({ prerendering: document.prerendering, cookie: document.cookie, storage: { ...localStorage }, fbq: typeof window.fbq }) }));
}, 20);
</script>`;

for (const isShown of [false, true]) {
  visiting(`case 17: a page that is prerendered and ${isShown ? "then shown sends its events once" : "never shown does nothing"}`, async (visit, world) => {
    for (const path of ["/report", "/shown"]) world.proxy.answer(world.shop.url + path, { status: 204 });
    publish(world, "/prepared", REPORTS, STUB, tag(world), call("track", "Purchase", ORDER, { orderId: "4017" }));
    publish(world, "/quiet", STUB, tag(world));
    publish(world, "/list", prerender("/prepared"), `<a id="to" href="/prepared">to</a>`);
    await visit.page.goto(`${visit.origin}/list`);
    const report = await until("the prepared page", () => world.proxy.seen.find(({ url, body }) => url.endsWith("/report") && body), () => world.proxy.seen.map(({ url, headers }) => [url, headers["sec-purpose"]]));
    assert.deepEqual(JSON.parse(report.body), { prerendering: true, cookie: "", storage: {}, fbq: "undefined" });
    assert.deepEqual([hits(world), posts(world), world.proxy.seen.filter(world.isPixel)], [[], [], []]);
    if (isShown) {
      // Puppeteer loses a page whose place a prepared one takes; that tells by itself when it is shown.
      await visit.page.evaluate(() => setTimeout(() => document.getElementById("to")?.click()));
      await until("the page", () => world.proxy.seen.find(({ url }) => url.endsWith("/shown")), () => world.proxy.seen.map(({ url }) => url));
    }
    const tab = await visit.tab();
    await tab.open("/quiet");
    await expectTwins(tab, { expect: isShown ? [{ event_name: "Purchase", event_id: "order_4017", url: `${visit.origin}/prepared` }] : [] });
  }, only(DIFFERENCES.prerender));
}
