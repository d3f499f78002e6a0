/**
 * What the rules look at: the visits with their events read, and words for the evidence.
 */

import { discreet } from "../../build/rules.mjs";
import { parseEvents } from "../events.mjs";

/** @typedef {import("../events.mjs").SeenEvent} SeenEvent */
/** @typedef {import("../visit.mjs").VisitSeen & { events: SeenEvent[] }} Visit */
/** @typedef {{ accept: Visit, reject?: Visit, blocked?: Visit, visits: Visit[] }} Seen */
/** A rule: from what was seen to what is wrong about it. @typedef {(seen: Seen) => import("../findings.mjs").Finding[]} Rule */

/** @param {import("../visit.mjs").VisitSeen[]} seen the visit that accepts first @returns {Seen} */
export function read(seen) {
  const visits = seen.map((visit) => ({ ...visit, events: parseEvents(visit.requests) }));
  const of = (/** @type {string} */ kind) => visits.find((visit) => visit.kind === kind);
  const [accept, reject, blocked] = [of("accept"), of("reject"), of("blocked")];
  if (!accept) throw new Error("there was no visit that accepts");
  return { accept, visits, ...(reject && { reject }), ...(blocked && { blocked }) };
}

/** What counts as a result, not as a step on the way: here a lost or doubled event costs most. */
export const CONVERSIONS = ["Purchase", "Lead", "CompleteRegistration", "Subscribe", "StartTrial", "SubmitApplication", "Schedule", "Donate", "Contact", "InitiateCheckout", "AddPaymentInfo"];

/** Of the Pixel, without what Meta's library sends by itself. @param {Visit} visit */
export const hits = (visit) => visit.events.filter(({ side, isAutomatic }) => side === "pixel" && !isAutomatic);

/** On their way to an endpoint. @param {Visit} visit */
export const posts = (visit) => visit.events.filter(({ side }) => side === "server");

/** Customer fields of which Meta takes hashes only. */
const HASHED = ["em", "ph", "fn", "ln", "ge", "db", "ct", "st", "zp", "country"];

/** Whether a customer field goes out as plain text. @param {SeenEvent} event @param {string} key */
export const isRaw = ({ user }, key) => HASHED.includes(key) && Boolean(user[key]) && !/^[0-9a-f]{64}$/i.test(user[key] ?? "");

/** An address as it may be told: without personal data, query and the scan's own click id. @param {string} url */
export function place(url) {
  if (!URL.canParse(url)) return url ? "an address that can't be read" : "";
  const { origin, pathname } = new URL(discreet(url) || url);
  return `${origin}${pathname}`;
}

/** A page by what it is and where. @param {Visit} visit @param {number} visit_page */
export function pageName(visit, visit_page) {
  const page = visit.pages[visit_page] ?? visit.pages.at(-1);
  return page ? `${page.kind}, ${place(page.url)}` : "the first page";
}

/** An event with its page. @param {Visit} visit @param {SeenEvent} event */
export const eventName = (visit, event) => `${event.event_name} (${event.side === "pixel" ? "Pixel" : "server"}) on ${pageName(visit, event.visit_page)}`;

/** Groups by a text. @template Item @param {Item[]} items @param {(item: Item) => string} key @returns {Item[][]} */
export function grouped(items, key) {
  /** @type {Map<string, Item[]>} */
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups.values()];
}
