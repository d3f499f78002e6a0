/**
 * docs/install/shopify.md: the tag in the theme, and the custom pixel in its sandbox, posting to an endpoint of docs/endpoints.
 */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { startServer } from "../../scripts/servers.mjs";
import { RECIPES } from "../endpoints/support/recipes.mjs";
import { prepare, start } from "../endpoints/support/running.mjs";
import { checkoutEvents, paymentEvent, serveCheckout, thankYouEvents } from "./install/shopify.mjs";
import { snippet } from "./install/snippets.mjs";
import { sha256 } from "./support/shopping.mjs";
import { setStage } from "./support/stage.mjs";
import { until } from "./support/until.mjs";
import { PIXEL_ID } from "./support/world.mjs";

const SHOP = "https://www.shop.example";
/** Where the shop's own server lies: its pages are Shopify's. */
const EVENTS = "https://events.shop.example";
const VALUES = { YOUR_ENDPOINT: `${EVENTS}/twin/events`, YOUR_TWIN_JS: `${SHOP}/twin.js` };

const stage = setStage();
/** @type {{ url: string, stop: () => Promise<unknown>, log: () => string } | undefined} */
let endpoint;
after(() => endpoint?.stop());

/** What the guide has the endpoint allow. */
const ORIGINS = [SHOP, "null"];

/** Endpoints that the guide is for. @type {Record<string, () => Promise<NonNullable<typeof endpoint>>>} */
const ENDPOINTS = {
  async "an endpoint of docs/endpoints"() {
    const recipe = RECIPES.find(({ name }) => name === "Node, no framework");
    assert.ok(recipe);
    return start(recipe, await prepare(recipe), stage.world.standin.url, { origins: ORIGINS });
  },
  async "twin-relay"() {
    const data = await mkdtemp(path.join(tmpdir(), "twin-shopify-"));
    const env = { TWIN_LISTEN: "127.0.0.1:0", TWIN_PIXEL_ID: PIXEL_ID, TWIN_ACCESS_TOKEN: "browser-test-token", TWIN_GRAPH_BASE: stage.world.standin.url, TWIN_DATA_DIR: data, TWIN_ALLOWED_ORIGINS: ORIGINS.join() };
    const relay = await startServer("twin-relay", { args: ["serve"], env });
    const stop = async () => {
      await relay.stop();
      await rm(data, { recursive: true, force: true });
    };
    return { url: relay.url, stop, log: relay.log };
  },
};

/** Has the shop's subdomain answered by it. @param {string} name */
async function serveEndpoint(name) {
  await endpoint?.stop();
  endpoint = await ENDPOINTS[name]?.();
  assert.ok(endpoint);
  stage.world.proxy.host(EVENTS, new URL(endpoint.url).origin);
}

/** What Meta has of an event. @param {string} event_name @returns {Promise<any[]>} */
const rows = async (event_name) => (await stage.world.conversions()).filter((row) => row.event_name === event_name);

/** @param {string} event_name @param {string} status @returns {Promise<any>} */
async function arrived(event_name, status) {
  const seen = () => stage.world.proxy.seen.map(({ method, url, status }) => `${method} ${url.slice(0, 100)} ${status}`);
  return until(`${event_name}, ${status}`, async () => (await rows(event_name)).find((row) => row.status === status), async () => [await stage.world.conversions(), seen(), endpoint?.log()]);
}

/** Serves the theme's page of a product. */
async function serveTheme() {
  const theme = await snippet("shopify.md", "shopify-theme.liquid", VALUES);
  // What Shopify puts in with `content_for_header`, later in the head; the privacy API comes when it is asked for.
  const header = `<script>window.Shopify = { loadFeatures([{ name }], done) {
    if (name === "consent-tracking-api") Shopify.customerPrivacy = { marketingAllowed: () => true, saleOfDataAllowed: () => true };
    done();
  } }</script>`;
  stage.world.proxy.answer(`${SHOP}/products/teapot`, { type: "text/html; charset=utf-8", body: `<!doctype html><meta charset="utf-8"><title>Teapot</title><link rel="icon" href="data:,">${theme}${header}` });
}

for (const name of Object.keys(ENDPOINTS)) {
  stage.visiting(
    `Shopify with ${name}: from the theme's product page to the custom pixel's purchase, with one visitor's ids`,
    async (visit) => {
      const { world } = stage;
      await serveEndpoint(name);
      await serveTheme();
      await visit.open("/products/teapot?fbclid=AbC_dEf-123XyZ");
      const view = await arrived("ViewContent", "browser only");
      assert.deepEqual([view.browser.custom_data.content_ids, Number(view.browser.custom_data.value)], [["49148385"], 86.5]);
      assert.equal(view.browser.user_data.em, sha256("maria.schmidt@example.com"));

      const pixel = await snippet("shopify.md", "shopify-pixel.js", VALUES);
      serveCheckout(world, `${SHOP}/checkouts/cn/c1`, pixel, checkoutEvents(`${SHOP}/checkouts/cn/c1`));
      await visit.page.goto(`${SHOP}/checkouts/cn/c1`);
      await arrived("InitiateCheckout", "deduplicated");

      const thankYou = `${SHOP}/checkouts/cn/c1/thank-you`;
      serveCheckout(world, thankYou, pixel, thankYouEvents(thankYou));
      await visit.page.goto(thankYou);
      const purchase = await arrived("Purchase", "deduplicated");
      assert.equal(purchase.event_id, "order_450789469");
      const { user_data, custom_data, event_source_url } = purchase.server;
      assert.equal(event_source_url, thankYou);
      assert.deepEqual([custom_data.value, custom_data.currency, custom_data.contents], [91.4, "EUR", [{ id: "49148385", quantity: 1, item_price: 86.5 }]]);
      assert.deepEqual([user_data.em, user_data.zp], [sha256("maria.schmidt@example.com"), sha256("50667")]);
      assert.match(user_data.fbc, /\.AbC_dEf-123XyZ$/);
      assert.deepEqual([user_data.fbp, user_data.fbc], [view.browser.fbp, view.browser.fbc], "another visitor than in the theme");
      const posts = world.proxy.seen.filter(({ method, url }) => method === "POST" && url.startsWith(EVENTS));
      assert.deepEqual([...new Set(posts.map(({ headers }) => headers.origin))], ["null"], "the frame was no sandbox");

      // Shopify says that the event comes once. If it came again, it would not count.
      await visit.page.reload();
      await until("the pixel's look into its memory", () => visit.page.evaluate(() => /** @type {any} */ (window).asked.includes("localStorage.getItem")));
      await visit.page.evaluate((/** @type {unknown} */ event) => /** @type {any} */ (window).happen(event), paymentEvent(thankYou));
      await arrived("AddPaymentInfo", "deduplicated");
      assert.deepEqual((await rows("Purchase")).map(({ event_id, repeats }) => [event_id, repeats]), [["order_450789469", []]]);
    },
    { origin: SHOP },
  );
}

stage.visiting(
  "Shopify with twin-relay: the pixel without an endpoint fires with the id of the webhook, and posts nothing",
  async (visit) => {
    const pixel = await snippet("shopify.md", "shopify-pixel.js", VALUES);
    const alone = pixel.replace(`, endpoint: '${VALUES.YOUR_ENDPOINT}'`, "");
    assert.notEqual(alone, pixel);
    const thankYou = `${SHOP}/checkouts/cn/c1/thank-you`;
    serveCheckout(stage.world, thankYou, alone, thankYouEvents(thankYou));
    await visit.page.goto(thankYou);
    const purchase = await arrived("Purchase", "browser only");
    assert.equal(purchase.event_id, "order_450789469");
    assert.deepEqual(stage.world.proxy.seen.filter(({ method }) => method === "POST"), []);
  },
  { origin: SHOP },
);
