/**
 * The guides of docs/install/: each snippet in a page of its platform, to both twins at Meta.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { lacksPhp, printed, snippet } from "./install/snippets.mjs";
import { sha256 } from "./support/shopping.mjs";
import { setStage } from "./support/stage.mjs";
import { expectTwins } from "./support/twins.mjs";

/** @typedef {import("./support/world.mjs").Visit} Visit */

const SHOP = "https://www.shop.example";
const EM = sha256("maria.schmidt@example.com");

const stage = setStage();

/** Puts a page of the platform at a path of the shop. @param {string} path @param {...string} parts */
const serve = (path, ...parts) =>
  stage.world.proxy.answer(SHOP + path, { type: "text/html; charset=utf-8", body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,">${parts.join("\n")}` });

/** @typedef {{ orderId: string, value?: number, contents?: unknown[], em?: string }} Bought */

/**
 * The thank-you page, opened and opened again: one purchase from both sides.
 * @param {Visit} visit @param {Bought} bought
 */
async function buys(visit, { orderId, value = 91.4, contents, em = EM }) {
  const expect = [{ event_name: "Purchase", event_id: `order_${orderId}`, url: `${SHOP}/thank-you` }];
  const besides = ["PageView"];
  const [purchase] = await expectTwins(visit, { action: () => visit.open("/thank-you"), expect, besides });
  // The Pixel's parameters are texts of an address.
  for (const { custom_data } of [purchase.browser, purchase.server]) assert.deepEqual([Number(custom_data.value), custom_data.currency], [value, "EUR"]);
  if (contents) assert.deepEqual(purchase.server.custom_data.contents, contents);
  if (em) assert.equal(purchase.server.user_data.em, em);
  assert.deepEqual(visit.warnings, []);

  const again = async () => {
    await visit.page.reload();
    await visit.ready();
  };
  await expectTwins(visit, { action: again, expect, besides });
}

/** A product's page: its own Pixel event, and no server twin. @param {Visit} visit @param {string} id */
async function views(visit, id) {
  const [view] = await expectTwins(visit, { action: () => visit.open("/product"), expect: [{ event_name: "ViewContent", from: "pixel" }], besides: ["PageView"] });
  const { content_ids, value, currency } = view.browser.custom_data;
  assert.deepEqual([content_ids, Number(value), currency], [[id], 86.5, "EUR"]);
  await stage.world.reset();
}

/** Every page is viewed once. @param {Visit} visit */
async function opens(visit) {
  await expectTwins(visit, { action: () => visit.open("/"), expect: [{ event_name: "PageView", from: "pixel" }] });
  await stage.world.reset();
}

/**
 * @param {string} name @param {(visit: Visit) => Promise<void>} body
 * @param {{ skip?: string | false }} [options]
 */
function guide(name, body, { skip = false } = {}) {
  if (skip) test(name, { skip }, () => {});
  else stage.visiting(name, body, { origin: SHOP });
}

guide("plain HTML", async (visit) => {
  const head = await snippet("html.md", "html-head.html");
  serve("/", head);
  await opens(visit);
  serve("/thank-you", head, await snippet("html.md", "html-purchase.html"));
  await buys(visit, { orderId: "12345", value: 86.5, contents: [{ id: "teapot", quantity: 1, item_price: 86.5 }], em: sha256("name@example.com") });
});

const PHP = { skip: lacksPhp };

guide("WooCommerce", async (visit) => {
  const woo = (/** @type {string} */ hook, /** @type {Record<string, string>} */ env = {}) => printed("wordpress.php", "woocommerce.md", "woocommerce.php", { arg: hook, env });
  // A visitor's consent is there by a signal that WordPress's banners give.
  const head = `<script>window.wp_has_consent=()=>true</script>${await woo("wp_head")}`;
  serve("/", head);
  await opens(visit);
  serve("/product", head, await woo("woocommerce_after_single_product"));
  await views(visit, "33");
  assert.equal(await woo("woocommerce_thankyou", { UNPAID: "1" }), "");
  serve("/thank-you", head, await woo("woocommerce_thankyou"));
  await buys(visit, { orderId: "4711", contents: [{ id: "33", quantity: 1, item_price: 86.5 }] });
}, PHP);

guide("Magento", async (visit) => {
  const magento = (/** @type {string} */ file) => printed("magento.php", "magento.md", file);
  const head = await magento("magento-twin.phtml");
  serve("/", head);
  await opens(visit);
  serve("/thank-you", head, await magento("magento-purchase.phtml"));
  await buys(visit, { orderId: "000000123", contents: [{ id: "teapot", quantity: 1, item_price: 86.5 }] });
}, PHP);

/** As BigCommerce's Storefront API answers. */
const BIGCOMMERCE_ORDER = {
  orderId: 100,
  orderAmount: 91.4,
  currency: { code: "EUR" },
  customerId: 0,
  billingAddress: { email: " Maria.Schmidt@Example.com ", phone: "+49 221 555 0199", firstName: "María", lastName: "O'Löwe </script>", city: "Köln", stateOrProvinceCode: "NW", postalCode: "50667", countryCode: "DE" },
  lineItems: { physicalItems: [{ productId: 33, quantity: 1, salePrice: 86.5 }], digitalItems: [] },
};

guide("BigCommerce", async (visit) => {
  const head = await snippet("bigcommerce.md", "bigcommerce-head.html");
  serve("/", head);
  await opens(visit);
  serve("/product", head, await snippet("bigcommerce.md", "bigcommerce-product.html"));
  await views(visit, "33");
  serve("/thank-you", head, await snippet("bigcommerce.md", "bigcommerce-purchase.html"));
  stage.world.proxy.answer(`${SHOP}/api/storefront/orders/100`, { type: "application/json", body: JSON.stringify(BIGCOMMERCE_ORDER) });
  await buys(visit, { orderId: "100", contents: [{ id: "33", quantity: 1, item_price: 86.5 }] });
});

guide("Squarespace", async (visit) => {
  const head = await snippet("paste-html.md", "paste-head.html");
  serve("/", head);
  await opens(visit);
  serve("/thank-you", head, await snippet("paste-html.md", "squarespace-purchase.html"));
  await buys(visit, { orderId: "00042", em: sha256("maria.o'neil@example.com") });
});

/** Wix's own part: it tells its listeners, who may be there before it or after it. @param {unknown[][]} events @param {boolean} isEarly */
const wix = (events, isEarly) => `<script>
  ${isEarly ? "" : "addEventListener('load', () => {"}
  window.wixDevelopersAnalytics = { register: (id, report) => ${JSON.stringify(events)}.forEach((event) => report(...event)) };
  dispatchEvent(new Event('wixDevelopersAnalyticsReady'));
  ${isEarly ? "" : "});"}</script>`;

guide("Wix", async (visit) => {
  const head = await snippet("paste-html.md", "paste-head.html");
  const listener = await snippet("paste-html.md", "wix.html");
  serve("/", head, listener, wix([], false));
  await opens(visit);
  const item = { id: "33", name: "Teapot", price: 86.5, currency: "EUR", quantity: 1 };
  serve("/cart", head, wix([["AddToCart", item]], true), listener);
  const [added] = await expectTwins(visit, { action: () => visit.open("/cart"), expect: [{ event_name: "AddToCart", from: "pixel" }], besides: ["PageView"] });
  assert.equal(Number(added.browser.custom_data.value), 86.5);
  await stage.world.reset();
  const purchase = { origin: "Stores", orderId: "5f0c6a52", revenue: "91.40", currency: "EUR", contents: [item] };
  serve("/thank-you", head, listener, wix([["PageView", {}], ["Purchase", purchase]], false));
  await buys(visit, { orderId: "5f0c6a52", contents: [{ id: "33", quantity: 1, item_price: 86.5 }], em: "" });
});

guide("any other platform, by its data layer", async (visit) => {
  const push = { event: "purchase", ecommerce: { transaction_id: "T-9", value: 91.4, currency: "EUR", items: [{ item_id: "33", price: 86.5, quantity: 1 }] }, user_data: { email: "maria.schmidt@example.com" } };
  serve("/thank-you", await snippet("paste-html.md", "paste-head.html"), `<script>dataLayer=[${JSON.stringify(push)}]</script>`, await snippet("paste-html.md", "data-layer.html"));
  await buys(visit, { orderId: "T-9", contents: [{ id: "33", quantity: 1, item_price: 86.5 }] });
});
