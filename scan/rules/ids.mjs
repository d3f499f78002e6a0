/**
 * The id of an event: whether it has one, and whether it is its own.
 */

import { finding } from "../findings.mjs";
import { eventName, hits, place, posts } from "./seen.mjs";

/** @type {import("./seen.mjs").Rule} */
export function missing({ accept }) {
  const without = accept.events.filter(({ event_id, isAutomatic }) => !event_id && !isAutomatic);
  if (without.length === 0) return [];
  return [finding("event-without-id", without.map((event) => eventName(accept, event)), posts(accept).length > 0 ? "error" : "warning")];
}

/** Events of which every visitor has their own; an order's id may come again. */
const OWN = ["PageView", "ViewContent", "AddToCart", "Search", "AddToWishlist", "InitiateCheckout"];

/** @type {import("./seen.mjs").Rule} */
export function shared({ accept, blocked, reject }) {
  const key = (/** @type {{ event_name: string, event_id: string }} */ { event_name, event_id }) => `${event_name} with id ${event_id}`;
  const isOwn = (/** @type {{ event_name: string, event_id: string }} */ { event_name, event_id }) => event_id !== "" && OWN.includes(event_name);
  // Where the library was kept away, the page's calls still wait, with their ids.
  const others = [...(blocked?.pages.flatMap(({ waiting }) => waiting) ?? []), ...(blocked?.events ?? []), ...(reject?.events ?? [])].filter(isOwn).map(key);
  const twice = accept.events.filter((event) => isOwn(event) && others.includes(key(event)));
  return twice.length > 0 ? [finding("event-id-shared", twice.map(key))] : [];
}

/** @type {import("./seen.mjs").Rule} */
export function clocks({ accept }) {
  const now_s = Date.now() / 1000;
  const isNow = (/** @type {string} */ id) => /^\d{10}(\d{3})?$/.test(id) && Math.abs(Number(id.slice(0, 10)) - now_s) < 86_400;
  const found = accept.events.filter(({ event_id }) => isNow(event_id));
  return found.length > 0 ? [finding("event-id-time", found.map((event) => eventName(accept, event)))] : [];
}

/** @type {import("./seen.mjs").Rule} */
export function reloads({ accept }) {
  /** @type {string[]} */
  const again = [];
  /** @type {string[]} */
  const repeated = [];
  for (const [page, { kind, url }] of accept.pages.entries()) {
    if (kind !== "reload") continue;
    const of = (/** @type {number} */ at) => hits(accept).filter(({ visit_page, event_name }) => visit_page === at && event_name !== "PageView" && event_name !== "ViewContent");
    const before = of(page - 1);
    for (const event of of(page)) {
      const same = before.filter(({ event_name, pixel_id }) => event_name === event.event_name && pixel_id === event.pixel_id);
      if (same.length === 0) continue;
      const isSame = event.event_id !== "" && same.some(({ event_id }) => event_id === event.event_id);
      (isSame ? repeated : again).push(`${event.event_name} on ${place(url)}${event.event_id ? "" : ", without an id"}`);
    }
  }
  return [...(again.length > 0 ? [finding("reload-counts-twice", again)] : []), ...(repeated.length > 0 ? [finding("reload-repeats", repeated)] : [])];
}
