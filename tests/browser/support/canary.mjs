/**
 * A customer whose data is unmistakable, and the search for it in everything that leaves a page or stays behind.
 */

/** As typed. */
export const CANARY = {
  email: "Canary.Mail@leak-test.example",
  phone: "+49 (151) 5550-1234",
  first_name: "Canaryfirst",
  last_name: "Canarylast",
  address: "Canarystrasse 99",
  card: "4111 1111 1111 1111",
};
/** @typedef {keyof typeof CANARY} Kind */

/** What gives each away, lower-case; digits are looked for with and without what stands between them. @type {[Kind, string][]} */
const NEEDLES = [
  ["email", "canary.mail"], ["email", "leak-test.example"], ["phone", "15155501234"], ["first_name", "canaryfirst"], ["last_name", "canarylast"], ["address", "canarystrasse"], ["card", "4111111111111111"],
];

/** The text as it is, and as what encodings of it make. @param {string} text */
function* readings(text) {
  let reading = text;
  // An address inside a parameter of an address is encoded once more.
  for (let time = 0; time < 4; time++) {
    yield reading.toLowerCase();
    yield reading.replaceAll(/[\s()+./-]|%20/g, "");
    const decoded = reading.replaceAll("+", " ").replaceAll(/(?:%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll("%", ""), "hex").toString()).replaceAll(/\\u([\da-f]{4})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)));
    if (decoded === reading) return;
    reading = decoded;
  }
}

/** What base64 makes of a text wherever it stands: three readings, by its place in the triple. @param {string} text */
const base64 = (text) => [0, 1, 2].map((place) => Buffer.from("\0".repeat(place) + text).toString("base64").slice(place && place + 1, -4).replaceAll("=", ""));

/** @type {[Kind, string][]} */
const ENCODED = /** @type {[Kind, string][]} */ (Object.entries(CANARY)).flatMap(([kind, text]) =>
  [text, text.toLowerCase(), text.replaceAll(/[^\w.@]/g, ""), encodeURIComponent(text)].flatMap(base64).flatMap((code) => /** @type {[Kind, string][]} */ ([[kind, code], [kind, code.replaceAll("+", "-").replaceAll("/", "_")]])),
);

/** Which kinds of the canary's data a text holds, in whatever notation. @param {string} text @returns {Kind[]} */
export function found(text) {
  const kinds = new Set();
  for (const reading of readings(text)) for (const [kind, needle] of NEEDLES) if (reading.includes(needle)) kinds.add(kind);
  for (const [kind, code] of ENCODED) if (text.includes(code) || text.replaceAll(/%2b/gi, "+").replaceAll(/%2f/gi, "/").includes(code)) kinds.add(kind);
  return [...kinds];
}

/** Notes what the page's console and its errors say; goes in front of everything else in a page. */
export const LISTENING = `<script>window.lines=[];["log","info","debug","warn","error","trace","dir","table","group","assert"].forEach(function(name){var say=console[name];console[name]=function(){
try{lines.push([].map.call(arguments,function(one){return one instanceof Error?one.stack:typeof one==="object"?JSON.stringify(one):String(one)}).join(" "))}catch(error){}return say.apply(console,arguments)}});
addEventListener("error",function(event){lines.push(event.message+" "+(event.error&&event.error.stack))});addEventListener("unhandledrejection",function(event){lines.push(String(event.reason))})</script>`;

/**
 * Everything of a visit that could hold customer data, by place, and what it holds: `["body of https://…: email"]`.
 *
 * Left out is what the browser sends of itself for the shop: its pages, with their address as referrer, and forms.
 * @param {import("./world.mjs").World} world @param {import("./visit.mjs").Visit} visit @returns {Promise<string[]>}
 */
export async function leaks(world, visit) {
  /** @type {[place: string, text: string][]} */
  const places = [];
  for (const { method, url, headers, body } of world.proxy.seen) {
    const { pathname } = new URL(url);
    const isShops = !world.isEndpoint({ url }) && !world.isPixel({ url }) && !pathname.startsWith("/planted");
    if (isShops && (["document", "iframe", "empty"].includes(String(headers["sec-fetch-dest"] ?? "document")) || pathname === "/twin.js")) continue;
    places.push([`address of ${method} ${pathname}`, url]);
    for (const [name, value] of Object.entries(headers)) places.push([`${name} of ${method} ${pathname}`, String(value)]);
    places.push([`body of ${method} ${pathname}`, body]);
  }
  for (const { name, value, domain } of await visit.allCookies()) places.push([`cookie of ${domain}`, `${name}=${value}`]);
  for (const [key, value] of Object.entries(await visit.storage())) places.push(["storage key", key], ["storage", value]);
  for (const line of [...(await visit.page.evaluate(() => /** @type {string[]} */ (/** @type {any} */ (window).lines))), ...visit.errors, ...visit.warnings]) places.push(["console", line]);
  places.push(["diagnose()", JSON.stringify(await visit.twin("diagnose"))], ["the relay's log", world.relay().log()]);
  return [...new Set(places.flatMap(([place, text]) => found(text).map((kind) => `${place}: ${kind}`)))].sort();
}
