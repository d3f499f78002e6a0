/**
 * `pageViews: "spa"`: in a single-page shop each change to another URL is a page view of its own, at both sides as routed;
 * the first one is the page's own call.
 */

import assert from "node:assert/strict";
import { call, publish, STUB, tag } from "./support/pages.mjs";
import { stage } from "./support/visiting.mjs";
import { expectTwins, hits } from "./support/twins.mjs";
import { until } from "./support/until.mjs";

/** @typedef {import("./support/world.mjs").World} World */
/** @typedef {import("./support/world.mjs").Visit} Visit */

const visiting = stage();

/** @param {Visit} visit @param {World} world @param {Record<string, string | undefined>} [attributes] */
async function openShop(visit, world, attributes) {
  publish(world, "/spa", STUB, tag(world, { "page-views": "spa", routing: "all", ...attributes }), call("track", "PageView"));
  await visit.open("/spa");
  await until("the first view", () => hits(world).length > 0);
}

/** One step of the history, then its view's hit: `dl` is read when the call is processed. @param {Visit} visit @param {World} world @param {string} step as code */
async function go(visit, world, step) {
  const before = hits(world).length;
  await visit.page.evaluate(step);
  await until(`a hit after ${step}`, () => hits(world).length > before, () => hits(world));
}

visiting("pushState, replaceState and the back button: one view each, with its id and its URL", async (visit, world) => {
  await openShop(visit, world);
  const views = await expectTwins(visit, {
    async action() {
      await go(visit, world, "history.pushState({}, '', '/spa/teapot')");
      await go(visit, world, "history.replaceState({}, '', '/spa/mug')");
      await go(visit, world, "history.pushState({}, '', '/spa/cart')");
      await go(visit, world, "history.back()");
    },
    expect: ["/spa", "/spa/teapot", "/spa/mug", "/spa/cart", "/spa/mug"].map((path) => ({ event_name: "PageView", url: world.shop.url + path })),
  });
  assert.equal(new Set(views.map(({ event_id }) => event_id)).size, 5);
});

visiting("a change to the same URL is no view", async (visit, world) => {
  await openShop(visit, world);
  await expectTwins(visit, {
    action: () =>
      visit.page.evaluate(() => {
        history.pushState({ step: 1 }, "", location.href);
        history.replaceState({ step: 2 }, "");
        history.pushState({ step: 3 }, "", "/spa");
      }),
    expect: [{ event_name: "PageView", url: `${world.shop.url}/spa` }],
  });
});

visiting("routed as any event: without a server twin by default", async (visit, world) => {
  await openShop(visit, world, { routing: undefined });
  await expectTwins(visit, {
    action: () => go(visit, world, "history.pushState({}, '', '/spa/teapot')"),
    expect: ["/spa", "/spa/teapot"].map((path) => ({ event_name: "PageView", from: "pixel", url: world.shop.url + path })),
  });
});

visiting("Meta's library is kept from sending views of its own", async (visit, world) => {
  await openShop(visit, world);
  assert.equal(await visit.page.evaluate(() => /** @type {any} */ (window).fbq.disablePushState), true);
});

visiting("the page's own history goes on as before: state, title and answers are its own", async (visit, world) => {
  await openShop(visit, world);
  const result = await visit.page.evaluate(() => {
    const answer = history.pushState({ cart: [1, 2] }, "", "/spa/x?y=1#z");
    let refused = "";
    try {
      history.pushState({}, "", "https://elsewhere.example/");
    } catch (error) {
      refused = /** @type {Error} */ (error).name;
    }
    return [typeof answer, history.state, location.pathname + location.search + location.hash, refused];
  });
  assert.deepEqual(result, ["undefined", { cart: [1, 2] }, "/spa/x?y=1#z", "SecurityError"]);
});

visiting("by default history changes are no views, and the library is left as it is", async (visit, world) => {
  await openShop(visit, world, { "page-views": undefined });
  await expectTwins(visit, {
    action: () => visit.page.evaluate(() => history.pushState({}, "", "/spa/teapot")),
    expect: [{ event_name: "PageView" }],
  });
  assert.ok(!(await visit.page.evaluate(() => /** @type {any} */ (window).fbq.disablePushState)));
});
