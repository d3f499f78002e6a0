/**
 * The demo sites: sound ones, and many of which each is broken in one way.
 */

import { BASE, PIXEL_ID, PURCHASE, shop } from "./shop.mjs";

/** @typedef {{ site: import("./demo.mjs").Site, steps?: import("../../../scan/steps.mjs").Step[], expect: string[] }} Case `expect`: all errors and warnings, nothing else */

const BANNER = '<p>We use cookies.</p><button class="yes">Accept all</button> <button class="no">Reject all</button>';
const TWIN = (/** @type {string} */ attributes = "") => `<script async src="/twin.js" data-pixel-id="${PIXEL_ID}" data-endpoint="/capi" data-routing="all" ${attributes}></script>
<script>window.twin=window.twin||function(){(twin.q=twin.q||[]).push(arguments)};</script>`;
/** A shop with the companion in place of all that. */
const companion = { base: "twin('identify', user);", server: "", pixel: `twin('track', name, params, order ? { orderId: order } : {});`, id: "''" };
const policy = (/** @type {string} */ text) => ({ "content-security-policy": text });
const SCRIPTS = "script-src 'unsafe-inline' 'self' https://connect.facebook.net";

/** @type {Record<string, Case>} */
export const SOUND = {
  twins: { site: shop(), expect: [] },
  "pixel-only": { site: shop({ server: "" }), expect: [] },
  purchase: { site: shop(), steps: PURCHASE, expect: [] },
  banner: { site: shop({ banner: BANNER }), expect: [] },
  onetrust: { site: shop({ banner: '<p>Your privacy</p><button class="yes" id="onetrust-accept-btn-handler">OK</button><button class="no" id="onetrust-reject-all-handler">Nein</button>' }), steps: PURCHASE, expect: [] },
  companion: { site: shop({ ...companion, head: TWIN() }), steps: PURCHASE, expect: [] },
  strict: { site: shop({ headers: policy(`default-src 'self'; ${SCRIPTS}; style-src 'unsafe-inline'; img-src https://www.facebook.com; frame-src https://www.facebook.com`) }), expect: [] },
};

const WRONG_ID = "const twinId = newId();";
/** Another server half. @param {string} event fields that take the place of the sound ones @param {string} [more] beside `data` */
const server = (event, more = "") => `deliver(JSON.stringify({ data: [{ event_name: name, event_time: now_s(), event_id: id, action_source: 'website', user_data: user, custom_data: params, ${event} }] ${more} }));`;
/** A Purchase with other parameters. @param {string} params */
const buys = (params) => ({ purchase: `if (!localStorage.getItem(order)) { localStorage.setItem(order, '1'); send('Purchase', ${params}, order); }` });
/** Meta's cookie, written by the shop before Meta's library can. @param {string} value @param {string} [more] attributes */
const fbp = (value, more = "") => ({ base: `if (!cookie('_fbp')) setCookie('_fbp', ${value}, '${more}'); ${BASE} fbq('init', '${PIXEL_ID}');` });

/** @type {Record<string, Case>} */
export const BROKEN = {
  "no-pixel": { site: shop({ base: "", pixel: "", server: "" }), expect: ["pixel-missing"] },
  "library-gone": { site: shop({ base: `${BASE.replace("/en_US/", "/gone/")} fbq('init', '${PIXEL_ID}');`, server: "" }), expect: ["library-fails"] },
  "silent": { site: shop({ pixel: "", server: "" }), expect: ["pixel-silent"] },
  "two-installations": { site: shop({ pixel: "fbq('track', name, params, { eventID: id }); if (name === 'ViewContent') fbq('trackSingle', '1234567890', name, params, { eventID: newId() });" }), expect: ["pixel-double"] },
  "init-twice": { site: shop({ base: `${BASE} fbq('init', '${PIXEL_ID}'); fbq('init', '${PIXEL_ID}');` }), expect: ["pixel-init-twice"] },
  "plugin-besides": { site: shop({ ...companion, head: `<script>window.pysOptions = {};</script>${TWIN()}` }), expect: ["sender-besides"] },
  "product-without-pageview": { site: shop({ view: "if (location.pathname !== '/products/mug') send('PageView', {});" }), expect: ["pageview-missing"] },
  "misspelt": { site: shop({ add: "send('add_to_cart', { content_ids: ['mug'], value: 12.5, currency: 'EUR' });" }), expect: ["event-name-misspelt"] },

  "no-ids": { site: shop({ pixel: "fbq('track', name, params);", server: "" }), expect: ["event-without-id"] },
  "no-ids-with-server": { site: shop({ pixel: "fbq('track', name, params);" }), expect: ["event-without-id"] },
  "cached-ids": { site: shop({ id: "order ? 'order_' + order : 'cached-' + name + location.pathname" }), expect: ["event-id-shared"] },
  "clock-ids": { site: shop({ id: "String(Date.now() + send.count++)", base: `send.count = 0; ${BASE} fbq('init', '${PIXEL_ID}');` }), expect: ["event-id-time"] },
  "reload": { site: shop({ id: "newId()", purchase: "send('Purchase', { value: 12.5, currency: 'EUR' }, order);" }), steps: PURCHASE, expect: ["reload-counts-twice"] },
  "reload-same-id": { site: shop({ purchase: "send('Purchase', { value: 12.5, currency: 'EUR' }, order);" }), steps: PURCHASE, expect: ["reload-repeats"] },

  "other-ids": { site: shop({ server: `${WRONG_ID} ${server("event_id: twinId")}` }), expect: ["twin-ids-differ"] },
  "other-names": { site: shop({ server: server("event_name: name === 'AddToCart' ? 'Lead' : name") }), expect: ["twin-names-differ"] },
  "other-values": { site: shop({ server: server("custom_data: params.value ? { ...params, value: params.value * 1.19 } : params") }), expect: ["twin-values-differ"] },
  "no-purchase-twin": { site: shop({ server: `if (name !== 'Purchase') { ${server("")} }`, pixel: "fbq('track', name, params, { eventID: id });", base: `${BASE} fbq('init', '${PIXEL_ID}', user);` }), steps: PURCHASE, expect: ["twin-missing"] },
  "endpoint-down": { site: shop({ endpoint: 500 }), expect: ["endpoint-fails"] },
  "token": { site: shop({ post: "fetch('/capi', { method: 'POST', body, keepalive: true }); fetch('https://graph.facebook.com/v24.0/1234567890/events?access_token=EAAB', { method: 'POST', mode: 'no-cors', body });" }), expect: ["token-in-page"] },
  "milliseconds": { site: shop({ server: server("event_time: Date.now()") }), expect: ["server-event-time"] },
  "test-code": { site: shop({ server: server("", ", test_event_code: 'TEST123'") }), expect: ["test-code-left"] },
  "waits-for-pixel": { site: shop({ post: "const wait = setInterval(() => { if (!fbq.callMethod) return; clearInterval(wait); fetch('/capi', { method: 'POST', body, keepalive: true }); }, 20);" }), expect: ["server-dies-with-pixel"] },

  "before-consent": { site: shop({ after: `<div id="banner" style="position:fixed;bottom:0">${BANNER}</div>` }), expect: ["event-before-consent", "cookie-before-consent", "event-after-reject"] },
  "cookie-first": { site: shop({ banner: BANNER, head: "<script>if (!document.cookie.includes('_fbp')) document.cookie = '_fbp=fb.1.' + Date.now() + '.123456789; path=/; max-age=7776000; domain=.' + location.hostname.split('.').slice(-2).join('.');</script>" }), expect: ["cookie-before-consent"] },
  "after-reject": { site: shop({ banner: BANNER, after: "<script>refused = run;</script>" }), expect: ["event-after-reject"] },

  "httponly": { site: shop({ headers: { "set-cookie": "_fbp=fb.1.1790000000000.123456789; Path=/; Max-Age=7776000; HttpOnly" } }), expect: ["cookie-httponly", "cookie-index", "cookie-twice"] },
  "encoded": { site: shop({ server: "", base: `${BASE} fbq('init', '${PIXEL_ID}'); setInterval(() => setCookie('_fbp', encodeURIComponent('fb.1.1790000000000.1234 56')), 10);` }), expect: ["cookie-encoded"] },
  "malformed": { site: shop({ server: "", base: `${BASE} fbq('init', '${PIXEL_ID}'); setInterval(() => setCookie('_fbp', 'GA1.2.123.456'), 10);` }), expect: ["cookie-malformed"] },
  "no-cookies": { site: shop({ server: "", base: `${BASE} fbq('init', '${PIXEL_ID}'); setInterval(() => { for (const name of ['_fbp', '_fbc']) setCookie(name, '', '; max-age=0'); }, 10);` }), expect: ["fbc-missing", "fbp-missing"] },
  "seconds": { site: shop(fbp("'fb.1.' + now_s() + '.123456789'")), expect: ["cookie-seconds"] },
  "wrong-index": { site: shop({ headers: { "set-cookie": "_fbp=fb.1.1790000000000.123456789; Path=/; Max-Age=7776000" } }), expect: ["cookie-index", "cookie-twice"] },
  "short-life": { site: shop({ base: `${BASE} fbq('init', '${PIXEL_ID}'); setInterval(() => setCookie('_fbp', cookie('_fbp') || 'fb.1.' + Date.now() + '.123456789', '; max-age=86400'), 10);` }), expect: ["cookie-short"] },
  "click-lost": { site: shop({ base: `history.replaceState(null, '', location.pathname); ${BASE} fbq('init', '${PIXEL_ID}');` }), expect: ["fbc-missing"] },
  "click-lowered": { site: shop({ base: `if (fbclid()) { setCookie('_fbc', 'fb.1.' + Date.now() + '.' + fbclid().toLowerCase()); history.replaceState(null, '', location.pathname); } ${BASE} fbq('init', '${PIXEL_ID}');` }), expect: ["fbc-wrong"] },

  "email-in-url": { site: shop({ view: "if (location.pathname === '/cart') history.replaceState(null, '', '/cart?email=a%40b.co'); send('PageView', {});" }), expect: ["url-personal"] },
  "email-in-parameters": { site: shop({ add: "send('AddToCart', { content_ids: ['mug'], value: 12.5, currency: 'EUR', buyer_email: 'a@b.co' });" }), expect: ["parameter-personal"] },
  "raw-email": { site: shop({ server: server("user_data: { ...user, em: 'a@b.co' }") }), expect: ["raw-user-data"] },

  "no-currency": { site: shop(buys("{ value: 12.5 }")), steps: PURCHASE, expect: ["purchase-without-currency"] },
  "no-value": { site: shop(buys("{ currency: 'EUR' }")), steps: PURCHASE, expect: ["purchase-without-value"] },
  "zero": { site: shop(buys("{ value: 0, currency: 'EUR' }")), steps: PURCHASE, expect: ["purchase-zero"] },
  "euro-sign": { site: shop({ product: "send('ViewContent', { content_ids: ['mug'], value: 12.5, currency: '€' });" }), expect: ["currency-invalid"] },
  "comma": { site: shop({ product: "send('ViewContent', { content_ids: ['mug'], value: '12,50 €', currency: 'EUR' });" }), expect: ["number-invalid"] },
  "value-alone": { site: shop({ product: "send('ViewContent', { content_ids: ['mug'], value: 12.5 });" }), expect: ["value-without-currency"] },
  "wrong-types": { site: shop({ product: "send('ViewContent', { contents: [{ sku: 'mug', quantity: 1 }], value: 12.5, currency: 'EUR' });" }), expect: ["parameter-invalid"] },

  "policy-library": { site: shop({ server: "", headers: policy("script-src 'unsafe-inline' 'self'") }), expect: ["csp-library"] },
  "policy-events": { site: shop({ server: "", headers: policy("img-src 'self'; frame-src https://www.facebook.com") }), expect: ["csp-hit"] },
  "policy-frame": { site: shop({ headers: policy("frame-src 'self'") }), expect: ["csp-frame"] },
  "policy-endpoint": { site: shop({ post: "fetch('https://capi.example/capi', { method: 'POST', mode: 'no-cors', body, keepalive: true });", headers: policy("connect-src 'self'") }), expect: ["csp-endpoint"] },
  "policy-wasm": { site: shop({ ...companion, head: TWIN(), headers: policy(SCRIPTS) }), expect: ["csp-wasm"] },
  "breaks": { site: shop({ after: "<script>addEventListener('load', () => setTimeout(() => fbq.getState(), 0));</script>" }), expect: ["page-breaks"] },

  "low-quality": { site: shop({ server: server("user_data: {}") }), steps: PURCHASE, expect: ["match-quality-low"] },
  "step-fails": { site: shop(), steps: [{ goto: "/cart" }, { waitFor: "#nowhere" }], expect: ["way-stopped"] },
  "not-found": { site: shop(), steps: [{ goto: "/gone" }], expect: ["page-fails"] },
};

/** One with several faults, for the picture in the documentation. */
export const FAULTY = shop({
  after: `<div id="banner" style="position:fixed;bottom:0">${BANNER}</div>`,
  pixel: "fbq('track', name === 'AddToCart' ? 'add_to_cart' : name, params, { eventID: id });",
  server: `const other = newId(); ${server("event_id: name === 'PageView' ? id : other, user_data: {}")}`,
  headers: policy("frame-src 'self'"),
});
