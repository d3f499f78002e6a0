/**
 * Which set-up fits a shop: one rule, for the scan and for the page at `www/assets/advice.html`, which loads this file as it is.
 */

/**
 * What is known of the shop; what is left out is not known.
 * @typedef {object} Shop
 * @property {number} [monthly_spend_usd] on Meta's ads
 * @property {number} [apple_percent] of visits by Safari or on iOS
 * @property {number} [match_quality] 1 to 10, Meta's own or an estimate
 * @property {boolean} [hasShopPay]
 * @property {boolean} [hasServer] somewhere to run an endpoint
 */
/** @typedef {"pixel" | "purchases" | "conversions" | "all"} Routing a preset of the companion's `routing` */
/** @typedef {{ title: string, routing: Routing, because: string[], steps: string[] }} Advice */

/** From here on a lost purchase costs more than an endpoint. */
const PURCHASES_FROM_USD = 500;
/** From here on every conversion is worth its twin. */
const FULL_FROM_USD = 2000;
/** Below this, more identity fields are worth their work. */
const LOW_QUALITY = 6;
/** From here on so many browsers cut cookies short that views of products need their twin, too. */
const MUCH_APPLE_PERCENT = 50;

/** @param {Shop} shop @returns {Advice} */
export function advise({ monthly_spend_usd = 0, apple_percent = 0, match_quality, hasShopPay = false, hasServer = false }) {
  const isFull = monthly_spend_usd >= FULL_FROM_USD;
  const needsServer = monthly_spend_usd >= PURCHASES_FROM_USD;
  const isApple = apple_percent >= MUCH_APPLE_PERCENT;
  const routing = !needsServer ? "pixel" : !isFull ? "purchases" : isApple ? "all" : "conversions";
  const title = { pixel: "Pixel only", purchases: "Pixel, and the Conversions API for purchases", conversions: "Pixel and Conversions API for all conversions, with enhanced matching", all: "Pixel and Conversions API for every event, with enhanced matching" }[routing];
  const because = [
    !needsServer ? `Under $${PURCHASES_FROM_USD} a month, what an ad blocker hides costs less than an endpoint.` : !isFull ? `From $${PURCHASES_FROM_USD} a month, each purchase that a browser loses is missed; other events are not worth a server yet.` : `From $${FULL_FROM_USD.toLocaleString("en-US")} a month, campaigns learn from every conversion.`,
    ...(isApple ? [isFull ? "Half of your visits or more are Apple's, where cookies are cut short: views and carts get their server twin, too." : "Much of your traffic is Apple's, where cookies are cut short: move up a step as soon as you spend more."] : []),
  ];
  const steps = [
    "Put the tag into the head of every page, and send each event once, with its id.",
    ...(needsServer ? [hasServer ? "Mount the endpoint under your shop's own host, at /twin/events: twin-relay, or a few lines in your backend (docs/endpoints/)." : "You need an endpoint. Without a server of your own, a Cloudflare Worker or server-side Tag Manager will do (docs/endpoints/)."] : []),
    ...(hasShopPay && needsServer ? ["Shop Pay ends on another page: let Shopify report paid orders by webhook, under the same event_id (docs/relay/webhooks.md)."] : []),
    ...(hasShopPay && !needsServer ? ["Shop Pay ends on another page: check that Shopify's thank-you page fires Purchase."] : []),
    ...(isFull ? ["Give what you know of the customer to identify: em, ph, name and address are hashed in the page.", "Once a month run this scan, and look at match quality and deduplication in Events Manager."] : []),
    ...(match_quality !== undefined && match_quality < LOW_QUALITY ? [`Match quality ${match_quality} is below ${LOW_QUALITY}: send more identity fields, on the server side${needsServer ? "" : " when you have one"}. em first, then ph and external_id.`] : []),
  ];
  return { title, routing, because, steps };
}

/** The tag of the set-up. @param {Routing} routing */
export function snippet(routing) {
  const attributes = routing === "pixel" ? 'data-routing="pixel"' : `data-endpoint="/twin/events"${routing === "conversions" ? "" : ` data-routing="${routing}"`}`;
  return `<script async src="/twin.js" data-pixel-id="YOUR PIXEL ID" ${attributes}></script>
<script>window.twin=window.twin||function(){(twin.q=twin.q||[]).push(arguments)};
twin('track','PageView')</script>`;
}

/** The three sizes, for who has not said what they spend. @returns {{ spend: string, advice: Advice }[]} */
export const sizes = (/** @type {Shop} */ shop = {}) =>
  [
    { spend: `under $${PURCHASES_FROM_USD} a month`, monthly_spend_usd: 0 },
    { spend: `$${PURCHASES_FROM_USD} to $${FULL_FROM_USD.toLocaleString("en-US")}`, monthly_spend_usd: PURCHASES_FROM_USD },
    { spend: `from $${FULL_FROM_USD.toLocaleString("en-US")}`, monthly_spend_usd: FULL_FROM_USD },
  ].map(({ spend, monthly_spend_usd }) => ({ spend, advice: advise({ ...shop, monthly_spend_usd }) }));
