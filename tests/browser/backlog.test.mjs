/**
 * Much to deliver, and odd things among it: large events, a burst, what earlier visits have left in storage.
 */

import assert from "node:assert/strict";
import { byEngine, DIFFERENCES } from "./support/engines/differences.mjs";
import { publish, STUB, tag } from "./support/pages.mjs";
import { stage } from "./support/visiting.mjs";
import { expectTwins, kept, posts } from "./support/twins.mjs";
import { until } from "./support/until.mjs";

/** @typedef {import("./support/world.mjs").World} World */
/** @typedef {import("./support/world.mjs").Visit} Visit */

const visiting = stage();
const DAY_MS = 24 * 60 * 60 * 1000;
/** What requests that outlive their page may carry together. */
const QUOTA_BYTES = 64 * 1024;

/** A server event as an earlier page has kept it. @param {Visit} visit @param {string} event_id @param {number} [age_ms] */
const event = (visit, event_id, age_ms = 0) =>
  JSON.stringify({
    event_name: "Lead",
    event_time: Math.floor((Date.now() - age_ms) / 1000),
    event_id,
    event_source_url: `${visit.origin}/earlier`,
    action_source: "website",
    user_data: { fbp: "fb.0.1700000000000.123456789" },
    custom_data: {},
  });

/** The key under which it was kept. @param {number} number @param {number} [age_ms] */
const key = (number, age_ms = 60_000) => `_twin_o.${Date.now() - age_ms}.${1_000_000 + number}`;

/** Puts rows into the storage, as an earlier visit has left them. @param {Visit} visit @param {[key: string, value: string][]} rows */
async function leaveBehind(visit, rows) {
  publish(visit.world, "/plain");
  publish(visit.world, "/quiet", STUB, tag(visit.world));
  await visit.page.goto(`${visit.origin}/plain`);
  await visit.page.evaluate((/** @type {[string, string][]} */ rows) => rows.forEach(([key, value]) => localStorage.setItem(key, value)), rows);
}

const lead = (/** @type {string} */ event_id) => ({ event_name: "Lead", event_id, from: /** @type {const} */ ("server") });

/** How often each id was posted. @param {World} world */
function times(world) {
  /** @type {Map<string, number>} */
  const times = new Map();
  for (const { event_id } of posts(world)) times.set(event_id, (times.get(event_id) ?? 0) + 1);
  return times;
}

/** Counts what the browser refuses to send: a request over its quota never gets to the network. */
const COUNTS_REFUSALS = `<script>
var refusals = [];
const { fetch: send } = window;
window.fetch = (...given) => send(...given).catch((error) => { refusals.push(String(error)); throw error; });
</script>`;

visiting("case 21: more than 64 KiB at once is split, and all of it arrives", async (visit, world) => {
  publish(world, "/quiet", COUNTS_REFUSALS, STUB, tag(world));
  await visit.open("/quiet");
  const ids = Array.from({ length: 12 }, (_, number) => `large-${number}`);
  await expectTwins(visit, {
    action: () => visit.page.evaluate((/** @type {string[]} */ ids) => ids.forEach((eventId) => /** @type {any} */ (window).twin("track", "Lead", { text: "x".repeat(15_000) }, { eventId, routing: "server" })), ids),
    expect: ids.map(lead),
  });
  const bodies = world.proxy.seen.filter((request) => world.isEndpoint(request) && request.body.includes("large-")).map(({ body }) => Buffer.byteLength(body));
  assert.ok(bodies.length > 2, "it was not split");
  assert.ok(bodies.every((bytes) => bytes <= QUOTA_BYTES), `a body is over the quota: ${bodies}`);
  // Answered requests must have given back their share of it.
  if (byEngine(DIFFERENCES.quota, { chromium: true, firefox: false, webkit: false })) assert.deepEqual(await visit.page.evaluate(() => /** @type {any} */ (window).refusals), [], "posts that the browser refused");
});

visiting("case 21: one event that alone is over the quota arrives, among small ones", async (visit, world) => {
  publish(world, "/quiet", STUB, tag(world));
  await visit.open("/quiet");
  await expectTwins(visit, {
    action: () =>
      visit.page.evaluate(() => {
        const { twin } = /** @type {any} */ (window);
        const text = "ü".repeat(15_000);
        twin("track", "Lead", { size: "small" }, { eventId: "small-1", routing: "server" });
        twin("track", "Lead", { a: text, b: text, c: text }, { eventId: "huge", routing: "server" });
        twin("track", "Lead", { size: "small" }, { eventId: "small-2", routing: "server" });
      }),
    expect: ["small-1", "huge", "small-2"].map(lead),
  });
});

visiting("case 22: a thousand events in one second all arrive, and the page goes on meanwhile", async (visit, world) => {
  publish(world, "/quiet", STUB, tag(world));
  await visit.open("/quiet");
  const { beats, frames, ids } = await visit.page.evaluate(async () => {
    const { twin } = /** @type {any} */ (window);
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    /** @type {string[]} */
    const ids = [];
    let [beats, frames] = [0, 0];
    const clock = setInterval(() => beats++, 1);
    for (let burst = 0; burst < 20; burst++) {
      for (let number = 0; number < 50; number++) twin("track", "Lead", { burst, number }, { routing: "server" }, (/** @type {string} */ id) => ids.push(id));
      const before = beats;
      await frame();
      frames++;
      // The page's own timers get their turn between any two bursts.
      while (beats === before) await new Promise((resolve) => setTimeout(resolve));
    }
    clearInterval(clock);
    return { beats, frames, ids };
  });
  assert.ok(beats >= 20 && frames === 20, `${beats} timers, ${frames} frames`);
  assert.equal(new Set(ids).size, 1000);
  await until("all posts", () => times(world).size >= 1000, () => times(world).size);
  await until("an empty outbox", async () => (await kept(visit)).length === 0);
  assert.deepEqual([...times(world)].filter(([, times]) => times !== 1), [], "posted more than once");
  const atMeta = await until("all of them at Meta", async () => {
    const rows = (await world.conversions()).filter((row) => ids.includes(row.event_id));
    return rows.length === 1000 && rows;
  });
  assert.ok(atMeta.every(({ status, repeats }) => status === "server only" && repeats.length === 0));
});

visiting("case 23: a backlog of 500 from an earlier visit, two tabs opened at once: each event is posted once", async (visit, world) => {
  const ids = Array.from({ length: 500 }, (_, number) => `backlog-${number}`);
  await leaveBehind(visit, ids.map((id, number) => [key(number), `0 ${event(visit, id)}`]));
  const other = await visit.tab();
  await Promise.all([visit.open("/quiet"), other.open("/quiet")]);
  await until("an empty outbox", async () => (await kept(visit)).length === 0, () => kept(visit));
  assert.equal(times(world).size, 500);
  assert.deepEqual([...times(world)].filter(([, times]) => times !== 1), [], "posted more than once");
  const atMeta = await until("all of them at Meta", async () => {
    const rows = (await world.conversions()).filter((row) => ids.includes(row.event_id));
    return rows.length === 500 && rows;
  });
  assert.ok(atMeta.every(({ repeats }) => repeats.length === 0));
});

visiting("case 23: a row that another page still answers for is left to it until its lease is over", async (visit, world) => {
  const lease_ms = Date.now() + 5_000;
  await leaveBehind(visit, [[key(1), `0 ${event(visit, "free")}`], [key(2), `${lease_ms} ${event(visit, "leased")}`]]);
  await visit.open("/quiet");
  await until("both", () => times(world).size === 2, () => times(world));
  const taken = world.proxy.seen.find((request) => world.isEndpoint(request) && request.body.includes('"leased"'));
  assert.ok(JSON.parse(taken?.body ?? "{}").sent_at >= lease_ms, "it was taken over before the lease was over");
  await expectTwins(visit, { expect: [lead("free"), lead("leased")] });
});

visiting("case 24: what is older than seven days is dropped with a notice, the rest is posted", async (visit, world) => {
  await leaveBehind(visit, [
    [key(1, 8 * DAY_MS), `0 ${event(visit, "too-old", 8 * DAY_MS)}`],
    [key(2, 6 * DAY_MS), `0 ${event(visit, "old", 6 * DAY_MS)}`],
    [key(3), `0 ${event(visit, "new")}`],
  ]);
  await expectTwins(visit, { action: () => visit.open("/quiet"), expect: [lead("old"), lead("new")], refute: ["too-old"] });
  assert.equal(visit.warnings.filter((text) => /\(event_expired\)$/.test(text)).length, 1, String(visit.warnings));
  assert.deepEqual(await kept(visit), []);
});

/** Rows that no version of ours has written, or that were cut off. */
const POISON = ["", "0 ", "nonsense", "0 nonsense", '0 {"event_name":"Lead","event_id":"cut-o', "NaN {}", "0 []", "0 {}", "0 null", '0 {"data":[{}]}]}', "9".repeat(400) + " {}", "-1 {}"];

for (const [what, rows] of /** @type {[string, string[]][]} */ ([...POISON.map((row) => [`${row.slice(0, 40) || "nothing"} as a row`, [row]]), ["all of it together", POISON]])) {
  visiting(`poison in storage does not keep the rest back: ${what}`, async (visit) => {
    await leaveBehind(visit, [
      [key(1), `0 ${event(visit, `before ${what}`)}`],
      ...rows.map((row, number) => /** @type {[string, string]} */ ([key(10 + number), row])),
      [key(99), `0 ${event(visit, `after ${what}`)}`],
      ["_twin_o.", "0 {}"],
      ["_twin_q", "nonsense"],
      ["_twin_id", "nonsense"],
      ["_twin_fired", "\u0000"],
    ]);
    await visit.open("/quiet");
    await expectTwins(visit, {
      action: () => visit.twin("track", "Contact", {}, { eventId: `own ${what}` }),
      expect: [lead(`before ${what}`), lead(`after ${what}`), { event_name: "Contact", event_id: `own ${what}` }],
      reposted: true,
    });
    visit.failedLoads();
  });
}
