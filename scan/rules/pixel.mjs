/**
 * Whether there is a Pixel, whether it speaks, and whether it is the only one.
 */

import { isStandard } from "../../build/rules.mjs";
import { isLibrary } from "../events.mjs";
import { finding } from "../findings.mjs";
import { CONVERSIONS, eventName, grouped, hits, pageName, place, posts } from "./seen.mjs";

/** Those that send to Meta by themselves, beside any tag. */
const SENDERS = ["Shopify's channel for Facebook", "Meta for WooCommerce", "PixelYourSite", "Meta Pixel for WordPress", "Meta for Magento"];

/** @type {import("./seen.mjs").Rule} */
export function presence({ accept }) {
  const libraries = accept.requests.filter(isLibrary);
  const isSent = hits(accept).length > 0;
  if (libraries.length === 0 && !isSent && posts(accept).length === 0) {
    return [finding("pixel-missing", [`${accept.pages.length} pages looked at, none asked for fbevents.js`])];
  }
  const failed = libraries.filter(({ status = 0, failure }) => failure !== "csp" && (failure !== undefined || status >= 400));
  if (failed.length > 0 && failed.length === libraries.length) return [finding("library-fails", failed.map(({ url, status, failure }) => `${place(url)}: ${failure ?? `status ${status}`}`))];
  const isLoaded = libraries.some(({ status = 0 }) => status > 0 && status < 400);
  return isLoaded && !isSent ? [finding("pixel-silent", [`fbevents.js was loaded on ${accept.pages.length} pages, no event followed`])] : [];
}

/** @type {import("./seen.mjs").Rule} */
export function doubles({ accept }) {
  // A list of products may view each of them; a page is viewed, and an order bought, once.
  const about = (/** @type {import("./seen.mjs").SeenEvent} */ { event_name, parameters }) => (event_name === "PageView" || CONVERSIONS.includes(event_name) ? "" : JSON.stringify(parameters));
  const same = grouped(hits(accept), (event) => [event.pixel_id, event.event_name, event.event_source_url, event.request.document, event.visit_page, about(event)].join(" "));
  const found = same.filter((events) => events.length > 1 && (new Set(events.map(({ event_id }) => event_id)).size > 1 || !events[0]?.event_id));
  const by = (/** @type {import("./seen.mjs").SeenEvent} */ { request }) => place(request.callers.findLast((url) => !/fbevents\.js/.test(url)) ?? request.document_url);
  return found.length > 0 ? [finding("pixel-double", found.map((events) => `${events[0] && eventName(accept, events[0])}: ${events.length} times, by ${[...new Set(events.map(by))].join(" and ")}`))] : [];
}

/** @type {import("./seen.mjs").Rule} */
export function setUps({ accept }) {
  const found = [];
  const twice = accept.messages.filter(({ text }) => /Duplicate Pixel ID/i.test(text));
  if (twice.length > 0) found.push(finding("pixel-init-twice", twice.map(({ visit_page }) => pageName(accept, visit_page))));
  const ids = new Set([...accept.pages.flatMap(({ pixel_ids }) => pixel_ids), ...hits(accept).map(({ pixel_id }) => pixel_id)]);
  if (ids.size > 1) found.push(finding("pixel-several", [...ids]));
  return found;
}

/** @type {import("./seen.mjs").Rule} */
export function senders({ accept }) {
  const all = [...new Set(accept.pages.flatMap(({ senders }) => senders))];
  const others = all.filter((name) => SENDERS.includes(name));
  const found = all.length > 0 ? [finding("senders", all)] : [];
  if (all.includes("pixel-twin") && others.length > 0) found.push(finding("sender-besides", others));
  return found;
}

/** @type {import("./seen.mjs").Rule} */
export function views({ accept }) {
  const found = [];
  const has = (/** @type {number} */ place, /** @type {string} */ name) => accept.events.some(({ visit_page, event_name }) => visit_page === place && event_name === name);
  const loaded = accept.pages.map((page, place) => ({ ...page, place })).filter(({ kind, status }) => /^(home|product|cart|goto )/.test(kind) && status < 400);
  const without = loaded.filter(({ place }) => !has(place, "PageView"));
  if (without.length > 0 && without.length < loaded.length) found.push(finding("pageview-missing", without.map(({ place }) => pageName(accept, place))));
  const unseen = loaded.filter(({ place, isProduct }) => isProduct && !has(place, "ViewContent"));
  if (unseen.length > 0 && hits(accept).length > 0) found.push(finding("view-content-missing", unseen.map(({ place }) => pageName(accept, place))));
  return found;
}

/** @type {import("./seen.mjs").Rule} */
export function names({ accept }) {
  const custom = accept.events.filter(({ event_name, isAutomatic }) => event_name && !isAutomatic && !isStandard(event_name));
  const meant = custom.flatMap((event) => {
    const words = event.event_name.replace(/([a-z])(?=[A-Z])/g, "$1 ").split(/[^A-Za-z]+/).filter(Boolean);
    const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join("");
    return isStandard(name) ? [`${eventName(accept, event)}: ${name} is the standard event`] : [];
  });
  return meant.length > 0 ? [finding("event-name-misspelt", meant)] : [];
}
