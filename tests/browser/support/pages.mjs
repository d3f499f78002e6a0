/**
 * Pages that a test writes itself, served in the demo shop's place and on its origin.
 */

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../../scripts/run.mjs";
import { PIXEL_ID } from "./world.mjs";

/** @typedef {import("./world.mjs").World} World */
/** @typedef {import("./world.mjs").Visit} Visit */

/** The inline stub as a page carries it. */
export const STUB = `<script>${readFileSync(path.join(root, "js/stub.js"), "utf8")}</script>`;

/** Where the local Meta serves its library. @param {World} world */
export const pixelScript = (world) => `${world.standin.url.replace("127.0.0.1", "localhost")}/en_US/fbevents.js`;

/**
 * The script tag, pointed at the local relay and Meta. An attribute that is `undefined` is left out.
 * @param {World} world @param {Record<string, string | undefined>} [attributes] without `data-`
 */
export function tag(world, attributes = {}) {
  const all = { "pixel-id": PIXEL_ID, endpoint: "/twin/events", "pixel-script": pixelScript(world), debug: "true", ...attributes };
  const written = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [` data-${name}='${value}'`]));
  return `<script async src="/twin.js"${written.join("")}></script>`;
}

/** An inline call of the stub or the companion. @param {string} method @param {...unknown} args */
export const call = (method, ...args) => `<script>twin(${[method, ...args].map((arg) => JSON.stringify(arg)).join(",")})</script>`;

/** Brings scripts into the open page, as a tag manager does. @param {Visit} visit @param {...string} parts */
export const insert = ({ page }, ...parts) => page.evaluate((/** @type {string} */ html) => void document.head.append(document.createRange().createContextualFragment(html)), parts.join(""));

/** Meta's own base code, as its documentation gives it, with the local Meta's library. @param {World} world @param {...string} ids of the pixels it initialises */
export const baseCode = (world, ...ids) => `<script>
!function(f,b,e,v,n,t,s)
{if(f.fbq)return;n=f.fbq=function(){n.callMethod?
n.callMethod.apply(n,arguments):n.queue.push(arguments)};
if(!f._fbq)f._fbq=n;n.push=n;n.loaded=!0;n.version='2.0';
n.queue=[];t=b.createElement(e);t.async=!0;
t.src=v;s=b.getElementsByTagName(e)[0];
s.parentNode.insertBefore(t,s)}(window, document,'script',
'${pixelScript(world)}');
${ids.map((id) => `fbq('init', '${id}');`).join("")}</script>`;

/** Serves the npm package's module, with the parts that it loads from beside it, and gives its address. @param {World} world */
export function publishNpm(world) {
  const dist = path.join(root, "dist");
  for (const file of readdirSync(dist).filter((name) => /^(?!twin).*\.js$/.test(name))) {
    world.proxy.answer(`${world.shop.url}/npm/${file}`, { type: "text/javascript; charset=utf-8", body: readFileSync(path.join(dist, file)) });
  }
  return `${world.shop.url}/npm/index.js`;
}

/** A call of the page to Meta's library. @param {...unknown} args */
export const fbq = (...args) => `<script>fbq(${args.map((arg) => JSON.stringify(arg)).join(",")})</script>`;

/** Serves a page at a path of the shop's. @param {World} world @param {string} path @param {...string} parts of its head */
export function publish(world, path, ...parts) {
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A test's page</title><link rel="icon" href="data:,">${parts.join("\n")}<body><p>A test's page.</p></body></html>`;
  world.proxy.answer(world.shop.url + path, { type: "text/html; charset=utf-8", body });
}

/** The page calls Meta's library now. @param {Visit} visit @param {...unknown} args */
export const callFbq = ({ page }, ...args) => page.evaluate((/** @type {unknown[]} */ args) => /** @type {any} */ (window).fbq(...args), args);

/**
 * Opens a page and waits for the companion, while Meta's library is still on its way; gives what lets that come.
 * @param {Visit} visit @param {string} path
 */
export async function openBeforeLibrary(visit, path) {
  const hold = visit.world.proxy.hold((url) => url.pathname.endsWith("/fbevents.js"));
  await visit.page.goto(visit.origin + path, { waitUntil: "domcontentloaded" });
  await visit.ready();
  return hold.release;
}
