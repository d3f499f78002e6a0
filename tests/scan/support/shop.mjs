/**
 * A small shop that does everything right, made of parts of which a test can put another in place.
 */

export const PIXEL_ID = "1234567890";

/** A SHA-256 of something. @param {string} digit */
const hash = (digit) => digit.repeat(64);

/** Meta's base code, without a call. */
export const BASE = `!function(f,b,e,v,n,t,s){if(f.fbq)return;n=f.fbq=function(){n.callMethod?n.callMethod.apply(n,arguments):n.queue.push(arguments)};if(!f._fbq)f._fbq=n;n.push=n;n.loaded=!0;n.version='2.0';n.queue=[];t=b.createElement(e);t.async=!0;t.src=v;s=b.getElementsByTagName(e)[0];s.parentNode.insertBefore(t,s)}(window,document,'script','https://connect.facebook.net/en_US/fbevents.js');`;

/** What the parts can use. */
const TOOLS = `
const cookie = (name) => (document.cookie.split('; ').find((pair) => pair.startsWith(name + '=')) || '').slice(name.length + 1);
const setCookie = (name, value, more = '') => { document.cookie = name + '=' + value + '; path=/; max-age=7776000; samesite=lax; domain=.' + location.hostname.split('.').slice(-2).join('.') + more; };
const newId = () => crypto.randomUUID();
const now_s = () => Math.floor(Date.now() / 1000);
const fbclid = () => new URLSearchParams(location.search).get('fbclid');
`;

/** A complete customer. */
const USER = { em: hash("a"), ph: hash("b"), external_id: hash("c"), fn: hash("d"), ln: hash("e"), ct: hash("f"), zp: hash("1"), country: hash("2") };

/**
 * The parts, most of them script.
 * @typedef {object} Parts
 * @property {string} head before all else of the head, as HTML
 * @property {string} base puts the library in and sets the pixel up
 * @property {string} pixel fires \`name\`, \`params\`, \`id\`
 * @property {string} server posts them
 * @property {string} post \`body\` to the endpoint
 * @property {string} id of an event, \`name\` and \`order\` known
 * @property {string} view what every page does
 * @property {string} product what the product page does
 * @property {string} add what "Add to cart" does
 * @property {string} purchase what the thank-you page does, \`order\` known
 * @property {string} banner the consent banner, as HTML
 * @property {string} after at the end of the body, as HTML
 * @property {Record<string, string | string[]>} headers of pages
 * @property {number} endpoint status of its answers
 */

/** @type {Parts} */
const SOUND = {
  head: "",
  base: `${BASE} fbq('init', '${PIXEL_ID}');`,
  pixel: "fbq('track', name, params, { eventID: id });",
  // A browser's first event makes the cookie; the twin reads it after that.
  server: `const post = () => { const body = JSON.stringify({ data: [{ event_name: name, event_time: now_s(), event_id: id, action_source: 'website', event_source_url: location.origin + location.pathname,
    user_data: { ...(cookie('_fbp') && { fbp: cookie('_fbp') }), ...(cookie('_fbc') && { fbc: cookie('_fbc') }), ...user }, custom_data: params }] }); deliver(body); };
  post();`,
  post: "fetch('/capi', { method: 'POST', headers: { 'content-type': 'application/json' }, body, keepalive: true });",
  id: "order ? 'order_' + order : newId()",
  view: "send('PageView', {});",
  product: "send('ViewContent', { content_ids: ['mug'], content_type: 'product', value: 12.5, currency: 'EUR' });",
  add: "send('AddToCart', { content_ids: ['mug'], content_type: 'product', value: 12.5, currency: 'EUR' });",
  purchase: "if (!localStorage.getItem('sent_' + order)) { localStorage.setItem('sent_' + order, '1'); send('Purchase', { content_ids: ['mug'], content_type: 'product', value: 12.5, currency: 'EUR' }, order); }",
  banner: "",
  after: "",
  headers: {},
  endpoint: 200,
};

/** Goes through with the purchase. */
export const PURCHASE = [{ goto: "/products/mug" }, { click: "#add" }, { goto: "/checkout" }, { type: "a@b.co", into: "#email" }, { click: "#pay" }, { waitFor: "#thanks" }];

/** @param {Partial<Parts>} [changes] @returns {import("./demo.mjs").Site} */
export function shop(changes = {}) {
  const parts = { ...SOUND, ...changes };
  /** @param {string} title @param {string} body @param {string} script @param {string} [head] */
  const page = (title, body, script, head = "") => ({
    headers: parts.headers,
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>${head}
${parts.head}
<script>${TOOLS}
const user = ${JSON.stringify(USER)};
function start() { ${parts.base} }
function deliver(body) { ${parts.post} }
function send(name, params, order) { const id = ${parts.id}; ${parts.pixel} ${parts.server} }
function run() { start(); ${parts.view} ${script} }
${parts.banner ? "if (cookie('consent') === 'yes') run();" : "run();"}
</script></head><body>
<nav><a href="/">Home</a> <a href="/products/mug">Mug</a> <a href="/cart">Cart</a></nav>
<h1>${title}</h1>${body}
${parts.banner ? `<div id="banner" style="position:fixed;bottom:0">${parts.banner}</div><script>
if (cookie('consent')) document.querySelector('#banner').remove();
for (const [selector, answer] of [['.yes', 'yes'], ['.no', 'no']]) document.querySelector('#banner ' + selector)?.addEventListener('click', () => { setCookie('consent', answer); document.querySelector('#banner').remove(); if (answer === 'yes') run(); else refused(); });
function refused() {}
</script>` : ""}
${parts.after}
</body></html>`,
  });
  /** @type {import("./demo.mjs").Site} */
  const site = ({ path, method }) => answer(path, method);
  /** @param {string} path @param {string} method @returns {import("./demo.mjs").Answer | undefined} */
  function answer(path, method) {
    if (path === "/capi") return { status: parts.endpoint, body: "{}", headers: { "content-type": "application/json" } };
    if (path === "/checkout" && method === "POST") return { status: 303, headers: { location: "/thanks?order=1001" } };
    if (path === "/") return page("Shop", "<p>Mugs.</p>", "");
    if (path === "/products/mug") return page("Mug", `<button id="add" onclick="add()">Add to cart</button><script>function add() { ${parts.add} }</script>`, parts.product, '<meta property="og:type" content="product">');
    if (path === "/cart") return page("Cart", "<p>One mug.</p>", "");
    if (path === "/checkout") return page("Checkout", '<form method="post"><input id="email" name="email" autocomplete="off"><button id="pay">Pay</button></form>', "");
    if (path === "/thanks") return page("Thank you", '<p id="thanks">Your order is on its way.</p>', `const order = new URLSearchParams(location.search).get('order'); ${parts.purchase}`);
    return undefined;
  }
  return site;
}
