/**
 * `adopt`: a shop that calls Meta's library itself gets ids and server twins without a change to its code, and its own Pixel
 * events go out as before, once.
 */

import assert from "node:assert/strict";
import { baseCode, call, callFbq, fbq, insert, openBeforeLibrary, publish, STUB, tag } from "./support/pages.mjs";
import { stage } from "./support/visiting.mjs";
import { expectTwins, hits } from "./support/twins.mjs";
import { until } from "./support/until.mjs";
import { PIXEL_ID } from "./support/world.mjs";

/** @typedef {import("./support/world.mjs").World} World */
/** @typedef {import("./support/world.mjs").Visit} Visit */

const visiting = stage();
const FOREIGN = "5555555555";
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const order = (/** @type {string} */ order_id) => ({ value: 12.5, currency: "USD", order_id });

/** Meta's base code, then us, as most shops would have it. @param {World} world @param {Record<string, string>} [attributes] */
const ours = (world, attributes) => STUB + tag(world, { adopt: "true", ...attributes });

/** Meta's library has run and our companion is up. @param {Visit} visit */
const working = (visit) => until("Meta's library", async () => /** @type {any} */ (await visit.twin("diagnose")).pixel === "working");

visiting("calls that were queued before the companion came", async (visit, world) => {
  publish(world, "/a", baseCode(world, PIXEL_ID), fbq("track", "PageView"), fbq("track", "Purchase", order("2001")), ours(world));
  // The library comes later than we do, so that all calls are still in its queue.
  (await openBeforeLibrary(visit, "/a"))();
  const [view] = await expectTwins(visit, {
    expect: [{ event_name: "PageView", from: "pixel" }, { event_name: "Purchase", event_id: "order_2001", url: `${world.shop.url}/a` }],
  });
  assert.match(view.event_id, UUID);
});

visiting("calls made after the companion came, before and after Meta's library ran", async (visit, world) => {
  publish(world, "/b", ours(world));
  const release = await openBeforeLibrary(visit, "/b");
  // The base code finds the queue that the companion made, so the library is asked for once.
  await insert(visit, baseCode(world, PIXEL_ID), fbq("track", "Purchase", order("2002")));
  release();
  await working(visit);
  await callFbq(visit, "track", "Lead", { content_name: "late" });
  const [, lead] = await expectTwins(visit, { expect: [{ event_name: "Purchase", event_id: "order_2002" }, { event_name: "Lead" }] });
  assert.match(lead.event_id, UUID);
  assert.equal(lead.server.custom_data.content_name, "late");
});

visiting("the companion comes when Meta's library has long been running", async (visit, world) => {
  publish(world, "/c", baseCode(world, PIXEL_ID), fbq("track", "ViewContent", { content_name: "early" }, { eventID: "seen" }));
  await visit.page.goto(`${world.shop.url}/c`);
  await until("the first hit", () => hits(world).length === 1);
  await insert(visit, ours(world));
  await visit.ready();
  await expectTwins(visit, {
    action: () => callFbq(visit, "track", "Purchase", order("2003")),
    expect: [{ event_name: "ViewContent", event_id: "seen", from: "pixel" }, { event_name: "Purchase", event_id: "order_2003" }],
  });
});

visiting("each of the library's four calls, ours and foreign pixels", async (visit, world) => {
  publish(world, "/d", baseCode(world, PIXEL_ID, FOREIGN), ours(world, { routing: "all" }));
  await visit.open("/d");
  await working(visit);
  const before = hits(world).length;
  await expectTwins(visit, {
    async action() {
      await callFbq(visit, "trackCustom", "Quiz", { score: 7 });
      await callFbq(visit, "trackSingle", PIXEL_ID, "Contact", { content_name: "phone" });
      await callFbq(visit, "trackSingleCustom", PIXEL_ID, "Wheel", {});
      await callFbq(visit, "track", "Donate");
    },
    expect: [
      { event_name: "Quiz" },
      { event_name: "Contact" },
      { event_name: "Wheel" },
      { event_name: "Donate" },
      // What the page says to all of its pixels reaches all of them, with one id.
      { event_name: "Quiz", pixel_id: FOREIGN, from: "pixel" },
      { event_name: "Donate", pixel_id: FOREIGN, from: "pixel" },
    ],
  });
  const of = (/** @type {string} */ name) => hits(world).slice(before).filter(({ event_name }) => event_name === name);
  for (const name of ["Quiz", "Donate"]) assert.equal(new Set(of(name).map(({ event_id }) => event_id)).size, 1, name);
  assert.deepEqual(["Quiz", "Contact", "Wheel"].map((name) => of(name)[0]?.field("tm")), ["", "1", "2"]);
});

visiting("what the page sends to a foreign pixel alone is not touched", async (visit, world) => {
  publish(world, "/e", baseCode(world, PIXEL_ID, FOREIGN), fbq("trackSingle", FOREIGN, "Lead", { content_name: "queued" }), ours(world, { routing: "all" }));
  await visit.open("/e");
  await working(visit);
  await callFbq(visit, "trackSingle", FOREIGN, "Schedule", { content_name: "late" });
  await callFbq(visit, "trackSingleCustom", FOREIGN, "Theirs", {});
  const foreign = await until("three foreign hits", () => {
    const found = hits(world).filter(({ pixel_id }) => pixel_id === FOREIGN);
    return found.length === 3 && found;
  });
  assert.deepEqual(foreign.map(({ event_name, event_id }) => [event_name, event_id]).sort(), [["Lead", ""], ["Schedule", ""], ["Theirs", ""]]);
  world.proxy.seen.splice(0);
  await fetch(`${world.standin.url}/api/conversions`, { method: "DELETE" });
  // Nothing of it on our side, neither then nor since.
  await expectTwins(visit, { expect: [] });
});

visiting("an id of the page's own is kept, however it is written", async (visit, world) => {
  publish(world, "/f", baseCode(world, PIXEL_ID), fbq("track", "Purchase", order("2005"), { eventID: "own-1" }), ours(world));
  (await openBeforeLibrary(visit, "/f"))();
  await working(visit);
  await expectTwins(visit, {
    async action() {
      await callFbq(visit, "track", "Lead", {}, { eventID: "own-2" });
      await callFbq(visit, "track", "Contact", {}, { event_id: "own-3" });
      await callFbq(visit, "track", "Schedule", undefined, { eventID: 4 });
    },
    expect: [
      { event_name: "Purchase", event_id: "own-1" },
      { event_name: "Lead", event_id: "own-2" },
      { event_name: "Contact", event_id: "own-3" },
      { event_name: "Schedule", event_id: "4" },
    ],
    refute: ["order_2005"],
  });
});

visiting("the companion's own calls are not adopted again", async (visit, world) => {
  publish(world, "/g", baseCode(world, PIXEL_ID), ours(world), call("track", "Purchase", order("2006"), { orderId: "2006" }));
  await visit.open("/g");
  await working(visit);
  await expectTwins(visit, {
    action: () => visit.twin("track", "Lead"),
    expect: [{ event_name: "Purchase", event_id: "order_2006" }, { event_name: "Lead" }],
  });
});

visiting("an order that is tracked by the page and by the companion is one", async (visit, world) => {
  publish(world, "/h", baseCode(world, PIXEL_ID), ours(world));
  await visit.open("/h");
  await working(visit);
  await expectTwins(visit, {
    async action() {
      await callFbq(visit, "track", "Purchase", order("2007"));
      await visit.twin("track", "Purchase", order("2007"), { orderId: "2007" });
    },
    expect: [{ event_name: "Purchase", event_id: "order_2007" }],
  });
});

/** The calls in the library's queue have got their ids, whoever made the queue. @param {Visit} visit */
const adopted = (visit) =>
  until("ids in the queue", () => visit.page.evaluate(() => {
    const calls = Array.from(/** @type {any} */ (window).fbq.queue, (call) => [...call]).filter(([method]) => method === "track");
    return calls.length > 0 && calls.every((call) => call[3]?.eventID);
  }));

visiting("a page that puts a new fbq in the place of the first one", async (visit, world) => {
  publish(world, "/i", ours(world));
  const release = await openBeforeLibrary(visit, "/i");
  // As a tag manager's template does that finds no fbq of its own making.
  await visit.page.evaluate(() => void Object.assign(window, { fbq: undefined, _fbq: undefined }));
  await insert(visit, baseCode(world, PIXEL_ID), fbq("track", "Lead", {}), fbq("track", "Purchase", order("2008")));
  await adopted(visit);
  release();
  await working(visit);
  await expectTwins(visit, {
    action: () => callFbq(visit, "track", "Contact"),
    expect: [{ event_name: "Lead" }, { event_name: "Purchase", event_id: "order_2008" }, { event_name: "Contact" }],
  });
});

visiting("a page that replaces the queue", async (visit, world) => {
  publish(world, "/j", baseCode(world, PIXEL_ID), ours(world));
  const release = await openBeforeLibrary(visit, "/j");
  await visit.page.evaluate(() => {
    const { fbq } = /** @type {any} */ (window);
    fbq.queue = [...fbq.queue];
    fbq("track", "Purchase", { value: 12.5, currency: "USD", order_id: "2009" });
  });
  await adopted(visit);
  release();
  await working(visit);
  await expectTwins(visit, {
    action: () => callFbq(visit, "track", "Lead"),
    expect: [{ event_name: "Purchase", event_id: "order_2009" }, { event_name: "Lead" }],
  });
});

visiting("without adopt the page's calls are its own", async (visit, world) => {
  publish(world, "/k", baseCode(world, PIXEL_ID), fbq("track", "Lead", {}, { eventID: "plain" }), STUB, tag(world));
  await visit.open("/k");
  await working(visit);
  await expectTwins(visit, { expect: [{ event_name: "Lead", event_id: "plain", from: "pixel" }] });
});
