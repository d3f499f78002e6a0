/**
 * Shopify's checkout, as far as a custom pixel can see it: a frame with a sandbox, into which the shop's page passes events and
 * answers what the frame asks of it.
 *
 * Source: Shopify's Web Pixels API (lax sandbox: an iframe without `allow-same-origin`; `browser.cookie` and
 * `browser.localStorage` run in the top frame and answer with promises; events of before are replayed to a new subscriber).
 */

const SANDBOX = "/web-pixels@1/custom/web-pixel-1@1/sandbox/modern/checkouts/cn/c1";

/** An event with what all of them have. @param {string} name @param {string} url of the shop's page @param {unknown} checkout */
const event = (name, url, checkout) => ({
  id: `sh-${name}`,
  name,
  clientId: "c1",
  type: "standard",
  timestamp: new Date().toISOString(),
  context: { document: { location: { href: url }, referrer: "https://www.shop.example/cart", title: "Checkout" }, navigator: { language: "de" }, window: {} },
  data: { checkout },
});

const money = (/** @type {number} */ amount) => ({ amount, currencyCode: "EUR" });
const address = { firstName: "María", lastName: "O'Löwe </script>", city: "Köln", provinceCode: null, zip: "50667", countryCode: "DE", phone: "+49 221 555 0199" };
const checkout = {
  token: "t0k3n",
  currencyCode: "EUR",
  email: null,
  phone: null,
  totalPrice: money(91.4),
  billingAddress: null,
  shippingAddress: null,
  lineItems: [{ id: "l1", title: "Teapot", quantity: 1, variant: { id: "49148385", price: money(86.5), product: { id: "632910392" } } }],
  order: null,
};

/** The events of a checkout page, and of the thank-you page. @param {string} url */
export const checkoutEvents = (url) => [event("checkout_started", url, checkout)];
/** @param {string} url */
export const thankYouEvents = (url) => [
  event("checkout_completed", url, {
    ...checkout,
    email: " Maria.Schmidt@Example.com ",
    billingAddress: address,
    order: { id: "gid://shopify/OrderIdentity/450789469", customer: { id: "207119551" } },
  }),
];

/** A step of the checkout that comes later. @param {string} url */
export const paymentEvent = (url) => event("payment_info_submitted", url, checkout);

/** Runs in the shop's page: the frame, and what answers it. @param {string} src @param {unknown[]} events */
function manager(src, events) {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts allow-forms");
  frame.hidden = true;
  frame.src = src;
  /** @type {Record<string, (...args: string[]) => unknown>} */
  const api = {
    "cookie.get": (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(String(name).length + 1) ?? "",
    "localStorage.getItem": (key = "") => localStorage.getItem(key),
    "localStorage.setItem": (key = "", value = "") => localStorage.setItem(key, value),
  };
  addEventListener("message", ({ source, data }) => {
    if (source !== frame.contentWindow) return;
    frame.contentWindow?.postMessage(data.ready ? { events } : { answers: data.id, value: api[data.call]?.(...data.args) }, "*");
    if (data.call) asked.push(data.call);
  });
  /** @type {string[]} */
  const asked = [];
  // For the test: what the pixel has asked and got an answer to, and a way to let something happen.
  Object.assign(window, { asked, happen: (/** @type {unknown} */ event) => frame.contentWindow?.postMessage({ events: [event] }, "*") });
  document.documentElement.append(frame);
}

/** Runs in the frame, before the pixel. */
function sandbox() {
  /** @type {Map<number, (value: unknown) => void>} */
  const asked = new Map();
  /** @type {any[]} */
  const past = [];
  /** @type {[string, (event: unknown) => void][]} */
  const subscribers = [];
  const ask = (/** @type {string} */ call) => (/** @type {unknown[]} */ ...args) =>
    new Promise((resolve) => {
      asked.set(asked.size, resolve);
      parent.postMessage({ call, args, id: asked.size - 1 }, "*");
    });
  addEventListener("message", ({ data }) => {
    if ("answers" in data) return asked.get(data.answers)?.(data.value);
    for (const event of data.events) {
      past.push(event);
      for (const [name, tell] of subscribers) if (name === event.name) tell(event);
    }
  });
  Object.assign(window, {
    init: { context: {}, data: { customer: null, cart: null } },
    browser: { cookie: { get: ask("cookie.get") }, localStorage: { getItem: ask("localStorage.getItem"), setItem: ask("localStorage.setItem") } },
    analytics: {
      subscribe(/** @type {string} */ name, /** @type {(event: unknown) => void} */ tell) {
        subscribers.push([name, tell]);
        past.filter((event) => event.name === name).forEach(tell);
      },
    },
  });
  parent.postMessage({ ready: true }, "*");
}

/**
 * Serves a page of the checkout with the pixel in it.
 * @param {import("../support/world.mjs").World} world @param {string} url of the page @param {string} pixel the code of the custom pixel @param {unknown[]} events that happen on it
 */
export function serveCheckout(world, url, pixel, events) {
  const page = (/** @type {string} */ body) => ({ type: "text/html; charset=utf-8", body: `<!doctype html><meta charset="utf-8"><title>Checkout</title><link rel="icon" href="data:,"><body>${body}` });
  const json = JSON.stringify(events).replaceAll("<", "\\u003c");
  world.proxy.answer(url, page(`<script>(${manager})(${JSON.stringify(SANDBOX)}, ${json})</script>`));
  world.proxy.answer(new URL(SANDBOX, url).href, page(`<script>(${sandbox})()</script><script>(() => {${pixel}})()</script>`));
}
