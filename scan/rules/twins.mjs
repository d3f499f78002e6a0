/**
 * The server twin: whether it is there, joins its Pixel event, and arrives.
 */

import { finding } from "../findings.mjs";
import { CONVERSIONS, eventName, grouped, hits, pageName, place, posts } from "./seen.mjs";

/** @typedef {import("./seen.mjs").SeenEvent} SeenEvent */

/** Meta's limit for the age of an event, in seconds: seven days. */
const MAX_AGE_S = 7 * 24 * 60 * 60;

/** @type {import("./seen.mjs").Rule} */
export function pairs({ accept }) {
  if (hits(accept).length === 0) return [];
  if (posts(accept).length === 0) return [finding("no-server-twin", [`${hits(accept).length} Pixel events, no server event`])];
  /** @type {string[]} */
  const differing = [];
  /** @type {string[]} */
  const lonely = [];
  const twins = new Set(posts(accept).map(({ event_id }) => event_id).filter(Boolean));
  const isJoined = (/** @type {SeenEvent} */ event) => event.event_id !== "" && twins.has(event.event_id);
  const posted = new Set(posts(accept).map(({ event_name }) => event_name));
  for (const events of grouped(hits(accept), ({ event_name, visit_page }) => `${event_name} ${visit_page}`)) {
    const [event] = events;
    if (!event || events.some(isJoined)) continue;
    const beside = posts(accept).filter(({ event_name, visit_page }) => event_name === event.event_name && visit_page === event.visit_page);
    // Without an id there is nothing to compare; that has a finding of its own.
    if (beside.some(({ event_id }) => event_id) && event.event_id) differing.push(`${eventName(accept, event)}: ${event.event_id} in the browser, ${beside.map(({ event_id }) => event_id).join(", ")} on the server`);
    else if (beside.length === 0 && (CONVERSIONS.includes(event.event_name) || posted.has(event.event_name))) lonely.push(eventName(accept, event));
  }
  return [...(differing.length > 0 ? [finding("twin-ids-differ", differing)] : []), ...(lonely.length > 0 ? [finding("twin-missing", lonely)] : [])];
}

/** @type {import("./seen.mjs").Rule} */
export function contents({ accept }) {
  /** @type {Record<"twin-names-differ" | "twin-values-differ" | "twin-cookies-differ", string[]>} */
  const found = { "twin-names-differ": [], "twin-values-differ": [], "twin-cookies-differ": [] };
  for (const post of posts(accept)) {
    const twin = hits(accept).find(({ event_id }) => event_id !== "" && event_id === post.event_id);
    if (!twin) continue;
    if (twin.event_name !== post.event_name) found["twin-names-differ"].push(`${twin.event_name} in the browser, ${post.event_name} on the server, both ${post.event_id}`);
    const differing = ["value", "currency"].filter((key) => twin.parameters[key] !== undefined && post.parameters[key] !== undefined && differ(twin.parameters[key], post.parameters[key]));
    if (differing.length > 0) found["twin-values-differ"].push(`${eventName(accept, post)}: ${differing.map((key) => `${key} ${twin.parameters[key]} in the browser, ${post.parameters[key]} on the server`).join("; ")}`);
    const [browsers, servers] = [twin.user["fbp"], post.user["fbp"]];
    if (browsers && servers && browsers !== servers) found["twin-cookies-differ"].push(eventName(accept, post));
  }
  return Object.entries(found).flatMap(([id, evidence]) => (evidence.length > 0 ? [finding(/** @type {keyof typeof found} */ (id), evidence)] : []));
}

/** 12.5 and "12.50" are the same. @param {unknown} one @param {unknown} other */
const differ = (one, other) => String(one) !== String(other) && !(Number(one) === Number(other));

/** @type {import("./seen.mjs").Rule} */
export function arrival({ accept }) {
  const found = [];
  const failed = posts(accept).filter(({ request: { status = 0, failure } }) => failure !== "csp" && ((failure !== undefined && failure !== "net::ERR_ABORTED") || status >= 400));
  if (failed.length > 0) found.push(finding("endpoint-fails", failed.map(({ request }) => `${place(request.url)}: ${request.failure ?? `status ${request.status}`}`)));
  const late = posts(accept).filter(({ event_time, user }) => Object.keys(user).length > 0 && !isSoundTime(event_time));
  if (late.length > 0) found.push(finding("server-event-time", late.map((event) => `${eventName(accept, event)}: event_time ${JSON.stringify(event.event_time)}`)));
  const tests = posts(accept).filter(({ hasTestCode }) => hasTestCode);
  if (tests.length > 0) found.push(finding("test-code-left", tests.map((event) => eventName(accept, event))));
  return found;
}

/** @param {unknown} event_time */
function isSoundTime(event_time) {
  const time_s = Number(event_time);
  const now_s = Date.now() / 1000;
  return time_s > now_s - MAX_AGE_S && time_s < now_s + 24 * 60 * 60;
}

/** @type {import("./seen.mjs").Rule} */
export function token({ visits }) {
  const leaks = visits.flatMap((visit) => visit.requests.filter(({ url, body }) => new URL(url).hostname === "graph.facebook.com" && /access_token/.test(url + body)).map(({ visit_page }) => pageName(visit, visit_page)));
  return leaks.length > 0 ? [finding("token-in-page", leaks)] : [];
}

/** @type {import("./seen.mjs").Rule} */
export function survival({ accept, blocked }) {
  if (!blocked) return [];
  // The two visits may have gone different ways: what both have seen is compared.
  const key = (/** @type {import("./seen.mjs").Visit} */ visit) => (/** @type {SeenEvent} */ { event_name, visit_page }) => `${event_name} on ${visit.pages[visit_page]?.kind}`;
  const kinds = new Set(blocked.pages.map(({ kind }) => kind));
  const arrived = new Set(posts(blocked).map(key(blocked)));
  const lost = posts(accept).filter((event) => kinds.has(accept.pages[event.visit_page]?.kind ?? "") && !arrived.has(key(accept)(event)));
  return lost.length > 0 ? [finding("server-dies-with-pixel", lost.map((event) => eventName(accept, event)))] : [];
}
