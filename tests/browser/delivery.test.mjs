/**
 * Delivery over a bad line: what was tracked reaches the endpoint sooner or later, and counts once.
 */

import assert from "node:assert/strict";
import { publish, STUB, tag } from "./support/pages.mjs";
import { expectFailedLoads, stage } from "./support/visiting.mjs";
import { expectTwins, hits, kept, posts, summary } from "./support/twins.mjs";
import { until } from "./support/until.mjs";

/** @typedef {import("./support/world.mjs").World} World */
/** @typedef {import("./support/world.mjs").Visit} Visit */

const visiting = stage();
const ORDER = { value: 86.5, currency: "USD" };

/** A page that tracks nothing by itself, at the shop's endpoint or another. @param {Visit} visit @param {Record<string, string>} [attributes] */
async function openQuiet(visit, attributes) {
  publish(visit.world, "/quiet", STUB, tag(visit.world, attributes));
  await visit.open("/quiet");
  await visit.page.waitForFunction(() => /** @type {any} */ (window).fbq?.callMethod);
}

/** A Purchase of the open page. @param {Visit} visit @param {string} orderId */
const buy = (visit, orderId) => visit.twin("track", "Purchase", ORDER, { orderId });

/** The endpoint's address. @param {World} world */
const endpoint = (world) => `${world.shop.url}/twin/events`;

/** Waits for so many posts of an order. @param {World} world @param {string} order @param {number} times */
const posted = (world, order, times) => until(`${times} posts of ${order}`, () => posts(world).filter(({ event_id }) => event_id === `order_${order}`).length >= times, () => summary(world));

visiting("case 18: offline when it is tracked, online later on the same page", async (visit) => {
  await openQuiet(visit);
  await visit.setOffline(true);
  await buy(visit, "5018");
  await until("a failed post", async () => /** @type {any} */ (await visit.twin("diagnose")).lastStatus === 0);
  assert.equal((await kept(visit)).length, 1);
  await visit.setOffline(false);
  // The Pixel has no second try.
  await expectTwins(visit, { expect: [{ event_name: "Purchase", event_id: "order_5018", from: "server" }] });
  expectFailedLoads(visit);
});

visiting("case 18: offline when it is tracked, online on a later page", async (visit) => {
  await openQuiet(visit);
  const later = await visit.tab();
  await visit.setOffline(true);
  await buy(visit, "5118");
  await until("a failed post", async () => /** @type {any} */ (await visit.twin("diagnose")).lastStatus === 0);
  await visit.close();
  await visit.setOffline(false);
  await later.open("/quiet");
  await expectTwins(later, { expect: [{ event_name: "Purchase", event_id: "order_5118", from: "server" }], reposted: true });
  expectFailedLoads(visit);
});

visiting("case 19: the endpoint answers 500 for a while", async (visit, world) => {
  await openQuiet(visit);
  world.proxy.answer(endpoint(world), { status: 500 });
  await buy(visit, "5019");
  await posted(world, "5019", 3);
  world.proxy.answer(endpoint(world), () => undefined);
  await expectTwins(visit, { expect: [{ event_name: "Purchase", event_id: "order_5019" }], reposted: true });
  expectFailedLoads(visit);
});

visiting("case 19: the endpoint answers 429 with Retry-After: 2, and is not asked before", async (visit, world) => {
  await openQuiet(visit);
  /** @type {number[]} */
  const asked_ms = [];
  world.proxy.answer(endpoint(world), () => (asked_ms.push(Date.now()) === 1 ? { status: 429, headers: { "retry-after": "2" } } : undefined));
  await buy(visit, "5119");
  await posted(world, "5119", 2);
  const [first = 0, second = 0] = asked_ms;
  assert.ok(second - first >= 2000, `asked again after ${second - first} ms`);
  await expectTwins(visit, { expect: [{ event_name: "Purchase", event_id: "order_5119" }], reposted: true });
  expectFailedLoads(visit);
});

visiting("case 19: the endpoint never answers: the post is given up and made again", async (visit, world) => {
  await openQuiet(visit);
  const hold = world.proxy.hold(world.isEndpoint);
  await buy(visit, "5219");
  await until("a second post while the first has no answer", () => hold.requests.length > 1);
  hold.release();
  await expectTwins(visit, { expect: [{ event_name: "Purchase", event_id: "order_5219" }], reposted: true });
  visit.failedLoads();
});

visiting("case 19: nobody is at home at the endpoint", async (visit, world) => {
  await openQuiet(visit);
  const unblock = world.proxy.block(world.isEndpoint);
  await buy(visit, "5319");
  await posted(world, "5319", 2);
  unblock();
  await expectTwins(visit, { expect: [{ event_name: "Purchase", event_id: "order_5319" }], reposted: true });
  expectFailedLoads(visit);
});

visiting("case 19: no TLS where the endpoint should be: kept, and delivered once the shop has mended it", async (visit, world) => {
  const origin = world.host("twin.shop.example");
  world.proxy.breakTls(origin);
  publish(world, "/quiet", STUB, tag(world, { endpoint: `${origin}/twin/events` }));
  await visit.open("/quiet");
  await buy(visit, "5419");
  await until("a failed post", async () => /** @type {any} */ (await visit.twin("diagnose")).lastStatus === 0, () => [visit.errors, posts(world)]);
  assert.equal((await kept(visit)).length, 1);
  assert.deepEqual(posts(world), []);
  await until("the hit", () => hits(world).length === 1);
  publish(world, "/quiet", STUB, tag(world));
  await visit.open("/quiet");
  expectFailedLoads(visit);
  await expectTwins(visit, { expect: [{ event_name: "Purchase", event_id: "order_5419" }] });
});

for (const status of [400, 413, 422]) {
  visiting(`case 20: the endpoint refuses one event with ${status}: it is set aside with one notice, and the rest goes on`, async (visit, world) => {
    publish(world, "/quiet", STUB, tag(world));
    await visit.open("/quiet");
    const bad = `bad-${status}`;
    world.proxy.answer(endpoint(world), ({ body }) => (body.includes(bad) ? { status } : undefined));
    await visit.page.evaluate((/** @type {string[]} */ ids) => ids.forEach((eventId) => /** @type {any} */ (window).twin("track", "Lead", {}, { eventId })), [`good-${status}-1`, bad, `good-${status}-2`]);
    await expectTwins(visit, {
      async action() {
        await until("the refusal", () => posts(world).some(({ event_id, status: answered }) => event_id === bad && answered === status));
      },
      expect: [
        { event_name: "Lead", event_id: `good-${status}-1` },
        { event_name: "Lead", event_id: bad, from: "pixel" },
        { event_name: "Lead", event_id: `good-${status}-2` },
      ],
      reposted: true,
    });
    assert.equal(visit.warnings.filter((text) => /\(rejected\)$/.test(text)).length, 1, String(visit.warnings));
    assert.ok(visit.warnings.some((text) => text.startsWith(`[pixel-twin] endpoint ${status}: `)), String(visit.warnings));
    // It is not tried again, by this page or the next.
    const before = posts(world).length;
    await visit.open("/quiet");
    await expectTwins(visit, {
      expect: [`good-${status}-1`, bad, `good-${status}-2`].map((event_id) => ({ event_name: "Lead", event_id, from: event_id === bad ? "pixel" : "both" })),
      reposted: true,
    });
    assert.deepEqual(posts(world).slice(before).map(({ event_name }) => event_name), ["Fence"]);
    expectFailedLoads(visit);
  });
}

visiting("the relay took it, but its answer was lost: posted again, counted once", async (visit, world) => {
  await openQuiet(visit);
  const end = world.proxy.cut(world.isEndpoint);
  await buy(visit, "5010");
  await until("the relay's answer", () => posts(world).some(({ status }) => status === 202));
  await posted(world, "5010", 2);
  end();
  await expectTwins(visit, { expect: [{ event_name: "Purchase", event_id: "order_5010" }], reposted: true });
  expectFailedLoads(visit);
});

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

for (const [what, by_ms] of /** @type {const} */ ([["ahead", YEAR_MS], ["behind", -YEAR_MS]])) {
  visiting(`case 25: the visitor's clock is a year ${what}: the event arrives with the right time`, async (visit) => {
    const orderId = `5025-${what}`;
    await visit.moveClock(by_ms);
    await openQuiet(visit);
    const [purchase] = await expectTwins(visit, { action: () => buy(visit, orderId), expect: [{ event_name: "Purchase", event_id: `order_${orderId}` }] });
    assertNow(purchase.server.event_time);
  });
}

visiting("case 25: the clock jumps back a year between the event and its post", async (visit, world) => {
  await visit.moveClock(YEAR_MS);
  await openQuiet(visit);
  const unblock = world.proxy.block(world.isEndpoint);
  await buy(visit, "5125");
  await posted(world, "5125", 1);
  await visit.moveClock(-YEAR_MS);
  unblock();
  const [purchase] = await expectTwins(visit, { expect: [{ event_name: "Purchase", event_id: "order_5125" }], reposted: true });
  assertNow(purchase.server.event_time);
  expectFailedLoads(visit);
});

/** @param {number} event_time */
function assertNow(event_time) {
  const off_s = Math.abs(Date.now() / 1000 - event_time);
  assert.ok(off_s < 600, `event_time is ${off_s} s off`);
}
