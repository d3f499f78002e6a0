/**
 * The tests' own network and visitors: other tests rely on each of these, so each is shown to do what it says.
 */

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { until } from "./support/until.mjs";
import { conversion, startWorld } from "./support/world.mjs";

/** @type {import("./support/world.mjs").World} */
let world;
/** @type {import("./support/world.mjs").Visit} */
let visit;

before(async () => {
  world = await startWorld();
});
after(() => world?.stop());
beforeEach(() => world.reset());
afterEach(() => visit.leave());

const isLead = (/** @type {{ body: string }} */ { body }) => body.includes('"Lead"');

test("a held request has left the browser, and goes on when it is released", async () => {
  visit = await world.visit();
  await visit.open("/");
  const hold = world.proxy.hold(world.isEndpoint);
  await visit.twin("track", "Lead");
  const request = await until("the post", () => hold.requests.find(isLead));
  await conversion(world, "Lead", "browser only");
  assert.equal(request.status, undefined);
  hold.release();
  await conversion(world, "Lead", "deduplicated");
  await until("the answer", () => request.status === 202);
});

test("a cut answer was given, but the browser does not hear it", async () => {
  visit = await world.visit();
  await visit.open("/");
  const end = world.proxy.cut(world.isEndpoint);
  await visit.twin("track", "Lead");
  await conversion(world, "Lead", "deduplicated");
  const first = await until("the answer", () => world.proxy.seen.find((request) => isLead(request) && request.status === 202));
  assert.equal(/** @type {any} */ (await visit.twin("diagnose")).backlog, 1);
  end();
  await visit.open("/");
  await until("an empty outbox", async () => /** @type {any} */ (await visit.twin("diagnose")).backlog === 0);
  assert.ok(world.proxy.seen.filter((request) => request !== first && isLead(request) && request.status === 202).length > 0, "it was posted once more");
  assert.equal((await conversion(world, "Lead", "deduplicated")).repeats.length, 0);
});

test("an answer can have a status and headers, and depend on the request", async () => {
  visit = await world.visit();
  let asked = 0;
  world.proxy.answer(`${world.shop.url}/counted`, () => (++asked > 1 ? undefined : { status: 429, headers: { "retry-after": "2", "set-cookie": ["a=1; HttpOnly", "b=2"] }, body: "later" }));
  await visit.open("/");
  const ask = () =>
    visit.page.evaluate(async () => {
      const answer = await fetch("/counted");
      return [answer.status, answer.headers.get("retry-after"), await answer.text()];
    });
  assert.deepEqual(await ask(), [429, "2", "later"]);
  assert.equal((await ask())[0], 404);
  const cookies = await visit.allCookies();
  assert.deepEqual(cookies.filter(({ name }) => name.length === 1).map(({ name, value, httpOnly, domain, expires }) => [name, value, httpOnly, domain, expires]).sort(), [["a", "1", true, "localhost", -1], ["b", "2", false, "localhost", -1]]);
  assert.doesNotMatch(await visit.cookies(), /a=1/);
});

test("two visitors share nothing, two tabs of one visitor share storage and cookies", async () => {
  visit = await world.visit();
  const other = await world.visit();
  await visit.open("/");
  await visit.page.evaluate(() => ((localStorage["shared"] = "yes"), (document.cookie = "shared=yes")));
  const tab = await visit.tab();
  await tab.open("/about");
  assert.equal((await tab.storage())["shared"], "yes");
  assert.match(await tab.cookies(), /shared=yes/);
  await tab.close();
  assert.equal((await visit.storage())["shared"], "yes");
  await other.open("/");
  assert.equal((await other.storage())["shared"], undefined);
  assert.doesNotMatch(await other.cookies(), /shared/);
  await other.leave();
});

test("the shop can be visited at any https host, and there a purchase works as everywhere", async () => {
  visit = await world.visit({ origin: "https://www.shop.example" });
  await visit.open("/");
  assert.equal(await visit.page.evaluate(() => location.origin), "https://www.shop.example");
  assert.deepEqual(await visit.page.evaluate(() => [isSecureContext, "locks" in navigator]), [true, true]);
  await visit.twin("track", "Lead");
  const lead = await conversion(world, "Lead", "deduplicated");
  assert.equal(lead.server.event_source_url, "https://www.shop.example/");
  const fbp = (await visit.allCookies()).find(({ name }) => name === "_fbp");
  assert.equal(fbp?.domain, ".shop.example");
  assert.deepEqual(visit.errors, []);
});

test("a page of another host can have the shop in a frame", async () => {
  visit = await world.visit({ origin: "https://www.shop.example" });
  world.proxy.answer("https://portal.example/", { type: "text/html", body: '<!doctype html><title>portal</title><iframe src="https://www.shop.example/"></iframe>' });
  await visit.page.goto("https://portal.example/");
  await until("the framed shop's event", () => world.conversions().then((rows) => rows.find((row) => row.event_name === "PageView")));
  assert.ok(world.proxy.seen.some(({ url, headers }) => url === "https://www.shop.example/" && headers["sec-fetch-dest"] === "iframe"));
});

test("an offline visitor reaches nothing and is told, and then both end", async () => {
  visit = await world.visit();
  await visit.open("/");
  await visit.page.evaluate(() => {
    const page = /** @type {any} */ (window);
    page.told = [];
    for (const type of ["online", "offline"]) addEventListener(type, () => page.told.push(type));
  });
  const reach = () => visit.page.evaluate(() => fetch("/twin.js", { cache: "no-store" }).then(() => true, () => false));
  await visit.setOffline(true);
  assert.deepEqual([await reach(), await visit.page.evaluate(() => navigator.onLine)], [false, false]);
  const other = await world.visit();
  await other.open("/");
  await other.leave();
  await visit.setOffline(false);
  assert.deepEqual([await reach(), await visit.page.evaluate(() => navigator.onLine)], [true, true]);
  assert.deepEqual(await visit.page.evaluate(() => /** @type {any} */ (window).told), ["offline", "online"]);
  visit.failedLoads();
  assert.deepEqual(visit.errors, []);
});

test("a moved clock moves in this page and the next, in all tabs", async () => {
  visit = await world.visit();
  await visit.open("/");
  const day_ms = 86_400_000;
  const ahead_ms = async (/** @type {import("./support/world.mjs").Visit} */ tab) => {
    const told = await tab.page.evaluate(() => [Date.now(), new Date().getTime(), Date.parse(Date())]);
    return Math.min(...told) - Date.now();
  };
  await visit.moveClock(day_ms);
  assert.ok((await ahead_ms(visit)) > day_ms / 2);
  await visit.open("/about");
  assert.ok((await ahead_ms(visit)) > day_ms / 2);
  assert.ok((await ahead_ms(visit)) < day_ms * 1.5);
  assert.equal(await visit.page.evaluate(() => new Date(0) instanceof Date && new Date(2020, 1, 1).getFullYear()), 2020);
  const tab = await visit.tab();
  await tab.open("/");
  assert.ok((await ahead_ms(tab)) > day_ms / 2);
});

for (const policy of ["script-src 'self'", "default-src 'none'", "script-src 'unsafe-inline'", "img-src 'none'"]) {
  test(`scripts of the tests run first under the policy ${policy}, and the policy holds`, async () => {
    visit = await world.visit();
    const name = "page's ü";
    await visit.page.evaluateOnNewDocument((name) => (/** @type {any} */ (window).first = [name, document.scripts.length]), name);
    const html = "<!doctype html><meta charset=utf-8><title>ü</title><script>window.inline = typeof first</script>";
    world.proxy.answer(`${world.shop.url}/strict`, { type: "text/html", headers: { "content-security-policy": policy }, body: html });
    await visit.page.goto(`${world.shop.url}/strict`);
    const isForbidden = /'self'|'none'$/.test(policy) && !policy.startsWith("img");
    const seen = await visit.page.evaluate(() => [.../** @type {any} */ (window).first, /** @type {any} */ (window).inline ?? null, document.title, document.scripts.length]);
    assert.deepEqual(seen, [name, 0, isForbidden ? undefined : "object", "ü", 1].map((value) => value ?? null));
  });
}

test("what a page writes to its console and does not catch is heard, in order", async () => {
  visit = await world.visit();
  await visit.open("/");
  await visit.page.evaluate(async () => {
    console.warn("a", 1);
    console.error("b", 2);
    setTimeout(() => { throw new Error("thrown"); });
    void Promise.reject(new Error("rejected"));
  });
  await until("three errors", () => visit.errors.length === 3, () => visit.errors);
  assert.deepEqual(visit.errors.map((text) => /b 2|thrown|rejected/.exec(text)?.[0]).sort(), ["b 2", "rejected", "thrown"]);
  // The companion has something to say about WebKitGTK's cookies on localhost.
  assert.deepEqual(visit.warnings.filter((text) => !text.startsWith("[pixel-twin]")), ["a 1"]);
  assert.ok(world.proxy.seen.every(({ url }) => !url.includes("console")));
});

test("the browser is the one that was asked for, and does not look like a robot", async () => {
  visit = await world.visit();
  await visit.open("/");
  const agent = await visit.page.evaluate(() => navigator.userAgent);
  const { chromium, firefox, webkit } = { chromium: /Chrome\/\d+/, firefox: /Firefox\/\d+/, webkit: /^(?!.*Chrome).*Version\/[\d.]+ Safari\// };
  assert.match(agent, { chromium, firefox, webkit }[world.engine.name]);
  assert.doesNotMatch(agent, /headless|bot/i);
});

test("back and forward go through the visitor's history, and the page comes back as it was left", async () => {
  visit = await world.visit();
  // Not `page.url()`: puppeteer hears nothing of a page that Firefox has kept.
  const path = () => visit.page.evaluate(() => location.pathname);
  await visit.open("/");
  await visit.page.evaluate(() => addEventListener("pageshow", ({ persisted }) => (/** @type {any} */ (window).persisted = persisted)));
  await visit.open("/about");
  await visit.back();
  assert.deepEqual([await path(), await visit.page.evaluate(() => /** @type {any} */ (window).persisted)], ["/", true]);
  await visit.forward();
  assert.equal(await path(), "/about");
});
