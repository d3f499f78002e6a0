/**
 * Once and only once: whatever a page, a visitor or a tag manager does twice, each side sends an event once, and both with
 * the same id.
 */

import assert from "node:assert/strict";
import { baseCode, call, fbq, insert, openBeforeLibrary, pixelScript, publish, publishNpm, STUB, tag } from "./support/pages.mjs";
import { CUSTOMER, RAW, sha256 } from "./support/shopping.mjs";
import { expectFailedLoads, stage } from "./support/visiting.mjs";
import { expectTwins, hits, posts } from "./support/twins.mjs";
import { until } from "./support/until.mjs";
import { PIXEL_ID } from "./support/world.mjs";

/** @typedef {import("./support/world.mjs").World} World */
/** @typedef {import("./support/world.mjs").Visit} Visit */

const visiting = stage();
const ORDER = { value: 86.5, currency: "USD", content_ids: ["teapot"] };
const DAYS_2_MS = 49 * 60 * 60 * 1000;

/** A thank-you page as shops have them: it calls Purchase whenever it is shown. @param {World} world @param {string} order */
const thankYou = (world, order) => publish(world, "/thanks", STUB, tag(world), call("track", "Purchase", ORDER, { orderId: order }));

visiting("case 1: a thank-you page reloaded three times", async (visit, world) => {
  thankYou(world, "1001");
  await visit.open("/thanks");
  // A page that is left before the answer has come leaves its post to the next one, which posts it once more.
  await visit.twin("flush");
  await expectTwins(visit, {
    async action() {
      for (let time = 0; time < 3; time++) {
        await visit.page.reload();
        await visit.ready();
      }
    },
    expect: [{ event_name: "Purchase", event_id: "order_1001", url: `${world.shop.url}/thanks` }],
  });
});

visiting("case 2: a thank-you page opened again from history two days later, when Meta no longer deduplicates", async (visit, world) => {
  thankYou(world, "1002");
  await visit.open("/thanks");
  await expectTwins(visit, { expect: [{ event_name: "Purchase", event_id: "order_1002" }] });
  await fetch(`${world.standin.url}/__sim/clock`, { method: "POST", body: JSON.stringify({ advance: "49h" }) });
  await visit.moveClock(DAYS_2_MS);
  await expectTwins(visit, {
    action: () => visit.open("/thanks"),
    expect: [{ event_name: "Purchase", event_id: "order_1002" }],
    // The relay has no clock that could be moved, so a server event of the day after tomorrow can't close the test.
    fence: "pixel",
  });
  assert.equal(await visit.page.evaluate(() => Date.now() > performance.timeOrigin + performance.now() + 48 * 60 * 60 * 1000), true, "the clock was not moved");
});

visiting("case 3: the same order in two tabs at once", async (visit, world) => {
  thankYou(world, "1003");
  const other = await visit.tab();
  await Promise.all([visit.open("/thanks"), other.open("/thanks")]);
  const purchases = async () => (await world.conversions()).filter((row) => row.event_name === "Purchase");
  await until("both twins", async () => (await purchases()).some(({ status }) => status === "deduplicated"), purchases);
  // Neither tab may see the other's storage in time: then Meta has to recognise it, by the same id.
  assert.deepEqual((await purchases()).map(({ event_id, counted }) => [event_id, counted]), [["order_1003", 1]]);
  const [pixel, server] = [hits(world), posts(world)].map((sent) => sent.filter(({ event_name }) => event_name === "Purchase").length);
  // Both have settled: a third time adds nothing.
  await visit.page.reload();
  await visit.ready();
  await visit.twin("track", "Lead", {}, { eventId: "closing" });
  await until("the closing event", async () => (await world.conversions()).some(({ event_id, status }) => event_id === "closing" && status === "deduplicated"), () => world.conversions());
  assert.deepEqual([hits(world), posts(world)].map((sent) => sent.filter(({ event_name }) => event_name === "Purchase").length), [pixel, server]);
});

visiting("case 4: the same explicit eventId twice in one page", async (visit, world) => {
  publish(world, "/form", STUB, tag(world), call("track", "Lead", {}, { eventId: "lead-4" }), call("track", "Lead", {}, { eventId: "lead-4" }));
  await visit.open("/form");
  await expectTwins(visit, {
    action: () => visit.twin("track", "Lead", {}, { eventId: "lead-4" }),
    expect: [{ event_name: "Lead", event_id: "lead-4" }],
  });
});

visiting("case 5: the same id under two event names: both go", async (visit) => {
  await visit.open("/");
  await expectTwins(visit, {
    async action() {
      for (const name of ["Lead", "CompleteRegistration", "Lead"]) await visit.twin("track", name, {}, { eventId: "form-5" });
    },
    expect: [{ event_name: "Lead", event_id: "form-5" }, { event_name: "CompleteRegistration", event_id: "form-5" }],
    besides: ["PageView"],
  });
});

/** What two companions on one page would each make a view of. @param {Visit} visit */
const nextView = ({ page }) => page.evaluate(() => history.pushState({}, "", "/next-view"));

visiting("case 6: the script tag included twice", async (visit, world) => {
  const twice = tag(world, { "page-views": "spa", routing: "all" });
  publish(world, "/double", STUB, twice, call("track", "Contact"), STUB, twice, call("track", "Schedule"));
  await visit.open("/double");
  // A third one comes late, as those do that a tag manager writes.
  await visit.page.evaluate((/** @type {string} */ pixelId) => {
    const script = Object.assign(document.createElement("script"), { src: "/twin.js" });
    Object.assign(script.dataset, { pixelId, endpoint: "/twin/events", pageViews: "spa" });
    return new Promise((resolve) => document.head.appendChild(script).addEventListener("load", resolve));
  }, PIXEL_ID);
  await expectTwins(visit, {
    async action() {
      await visit.twin("track", "Lead");
      await nextView(visit);
    },
    expect: ["Contact", "Schedule", "Lead", "PageView"].map((event_name) => ({ event_name })),
  });
});

for (const first of ["npm", "tag"]) {
  visiting(`case 7: npm module and script tag on one page, ${first} first`, async (visit, world) => {
    // The relay outlives a test, and knows an order again.
    const orderId = `1007-${first}`;
    const spa = tag(world, { "page-views": "spa", routing: "all" });
    const module = publishNpm(world);
    publish(world, "/both", first === "tag" ? STUB + spa + call("track", "Purchase", ORDER, { orderId }) : "");
    await visit.page.goto(`${world.shop.url}/both`);
    if (first === "tag") await visit.ready();
    await visit.page.evaluate(
      async (/** @type {string} */ module, /** @type {object} */ options, /** @type {object} */ params, /** @type {string} */ orderId) => {
        const { createTwin } = await import(module);
        const twin = await createTwin(options);
        twin.track("Purchase", params, { orderId });
        twin.track("Contact");
      },
      module,
      { pixelId: PIXEL_ID, endpoint: "/twin/events", pixelScript: pixelScript(world), pageViews: "spa", routing: "all" },
      ORDER,
      orderId,
    );
    if (first === "npm") {
      await insert(visit, STUB, spa);
      await visit.ready();
      await visit.twin("track", "Purchase", ORDER, { orderId });
    }
    await expectTwins(visit, {
      async action() {
        await visit.twin("track", "Lead");
        await nextView(visit);
      },
      expect: [{ event_name: "Purchase", event_id: `order_${orderId}` }, { event_name: "Contact" }, { event_name: "Lead" }, { event_name: "PageView" }],
    });
  });
}

visiting("case 8: a shop's own eventID is kept when its calls are adopted", async (visit, world) => {
  publish(world, "/adopt", baseCode(world, PIXEL_ID), fbq("track", "Purchase", { ...ORDER, order_id: "1008" }, { eventID: "shop-8" }), STUB, tag(world, { adopt: "true" }));
  (await openBeforeLibrary(visit, "/adopt"))();
  await expectTwins(visit, { expect: [{ event_name: "Purchase", event_id: "shop-8", url: `${world.shop.url}/adopt` }], refute: ["order_1008"] });
});

visiting("case 9: queued before load, load fails, the next page sends it once with its time and page", async (visit, world) => {
  const HOUR_MS = 60 * 60 * 1000;
  publish(world, "/landing", STUB, tag(world), call("identify", { em: CUSTOMER.email, ph: CUSTOMER.phone }), call("track", "Lead", { content_name: "newsletter" }, { eventId: "lead-9", user: { em: CUSTOMER.email, fn: CUSTOMER.first_name } }));
  publish(world, "/plain");
  publish(world, "/next", STUB, tag(world));
  // The landing page was read an hour ago.
  await visit.moveClock(-HOUR_MS);
  const unblock = world.proxy.block((url) => url.pathname === "/twin.js");
  await visit.page.goto(`${world.shop.url}/landing`);
  expectFailedLoads(visit);
  await visit.page.goto(`${world.shop.url}/plain`);
  const stored = JSON.stringify(await visit.storage());
  assert.match(stored, /lead-9/);
  for (const raw of [...RAW, CUSTOMER.email.trim()]) assert.ok(!stored.includes(raw), `${raw} is stored: ${stored}`);
  unblock();
  await visit.moveClock(HOUR_MS);
  const before_s = Date.now() / 1000;
  const [lead] = await expectTwins(visit, {
    async action() {
      await visit.open("/next");
      await until("the Pixel event", async () => hits(world).some(({ event_id }) => event_id === "lead-9"));
      await visit.twin("flush");
      await visit.open("/next");
    },
    expect: [{ event_name: "Lead", event_id: "lead-9" }],
    refute: [...RAW, sha256("maria.schmidt@example.com")],
  });
  assert.equal(lead.server.event_source_url, `${world.shop.url}/landing`);
  assert.ok(Math.abs(before_s - HOUR_MS / 1000 - lead.server.event_time) < 300, `${lead.server.event_time} is not an hour before ${before_s}`);
  assert.equal(lead.browser.custom_data.content_name, "newsletter");
});

visiting("case 9: nothing is stored by the stub where consent has to be asked for", async (visit, world) => {
  publish(world, "/plain");
  world.proxy.block((url) => url.pathname === "/twin.js");
  for (const consent of ["required", "auto"]) {
    publish(world, "/landing", STUB, tag(world, { consent }), call("track", "Lead", {}, { eventId: "lead-9" }));
    await visit.page.goto(`${world.shop.url}/landing`);
    await visit.page.goto(`${world.shop.url}/plain`);
    assert.deepEqual([consent, await visit.storage(), await visit.cookies()], [consent, {}, ""]);
  }
  expectFailedLoads(visit);
});

visiting("case 13: several pixels: one Pixel event each, all with the id of the one server event", async (visit, world) => {
  const OTHER = "9876543210";
  publish(world, "/thanks", STUB, tag(world, { "pixel-id": `${PIXEL_ID},${OTHER}` }), call("track", "Purchase", ORDER, { orderId: "1013" }));
  await visit.open("/thanks");
  const expect = [
    { event_name: "Purchase", event_id: "order_1013" },
    { event_name: "Purchase", event_id: "order_1013", pixel_id: OTHER, from: /** @type {const} */ ("pixel") },
  ];
  await expectTwins(visit, { expect });
  await expectTwins(visit, {
    async action() {
      await visit.page.reload();
      await visit.ready();
    },
    expect,
  });
});
