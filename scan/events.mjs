/**
 * Reads events out of what was asked for on the wire: the Pixel's hits, and server events on their way to the shop's endpoint.
 */

/** @typedef {import("./wire.mjs").WireRequest} WireRequest */
/**
 * One event as it left the page.
 * @typedef {object} SeenEvent
 * @property {"pixel" | "server"} side
 * @property {string} pixel_id empty if the message does not say
 * @property {string} event_name empty where only an id was recognised
 * @property {string} event_id empty if it has none
 * @property {Record<string, unknown>} parameters
 * @property {Record<string, string>} user customer fields with what stands in them, most of it hashes
 * @property {string} event_source_url
 * @property {string} referrer_url
 * @property {unknown} event_time
 * @property {boolean} isAutomatic made by Meta's library itself
 * @property {boolean} hasTestCode
 * @property {WireRequest} request
 * @property {number} visit_page
 */

/** Hosts of Meta's. @param {URL} url */
const isMetas = (url) => /(^|\.)(facebook\.(com|net)|fbcdn\.net|instagram\.com)$/.test(url.hostname);

/** Whether it is a hit of the Pixel. @param {WireRequest} request */
export function isHit({ url }) {
  const { hostname, pathname } = new URL(url);
  return hostname === "www.facebook.com" && /^\/tr\/?$/.test(pathname);
}

/** Whether it asks for Meta's library. @param {WireRequest} request */
export const isLibrary = ({ url }) => /\/\/connect\.facebook\.net\/.*fbevents\.js/.test(url);

/** The fields of a body: form or multipart. @param {string} body @returns {[string, string][]} */
function formFields(body) {
  if (!/^-+\w+/.test(body)) return [...new URLSearchParams(body)];
  return [...body.matchAll(/name="([^"]*)"\r?\n\r?\n([^]*?)\r?\n--/g)].map(([, name = "", value = ""]) => [name, value]);
}

/** Text that is JSON as its value. @param {string} text @returns {unknown} */
function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {WireRequest} request @returns {SeenEvent[]} */
function hit(request) {
  const fields = [...new URL(request.url).searchParams, ...formFields(request.body)];
  const one = Object.fromEntries(fields);
  if (!one["ev"]) return [];
  /** The fields of a group such as `cd[value]`. @param {string} name */
  const group = (name) => Object.fromEntries(fields.filter(([key]) => key.startsWith(`${name}[`)).map(([key, value]) => [key.slice(name.length + 1, -1), value]));
  const parameters = Object.fromEntries(Object.entries(group("cd")).map(([key, value]) => [key, /^[[{]/.test(value) ? json(value) ?? value : value]));
  const cookies = Object.fromEntries(["fbp", "fbc"].flatMap((key) => (one[key] ? [[key, one[key]]] : [])));
  return [{
    side: "pixel",
    pixel_id: one["id"] ?? "",
    event_name: one["ev"],
    event_id: one["eid"] ?? one["eid[0]"] ?? "",
    parameters,
    user: { ...group("ud"), ...cookies },
    event_source_url: one["dl"] ?? "",
    referrer_url: one["rl"] ?? "",
    event_time: undefined,
    isAutomatic: one["es"] === "automatic" || one["ev"] === "SubscribedButtonClick",
    hasTestCode: false,
    request,
    visit_page: request.visit_page,
  }];
}

/** The server events of a Conversions API body. @param {WireRequest} request @returns {SeenEvent[]} */
function posted(request) {
  const body = /** @type {any} */ (json(request.body));
  const list = Array.isArray(body?.data) ? body.data : [];
  return list.filter((/** @type {any} */ event) => typeof event?.event_name === "string").map((/** @type {any} */ event) => ({
    side: "server",
    pixel_id: "",
    event_name: event.event_name,
    event_id: typeof event.event_id === "string" ? event.event_id : "",
    parameters: Object(event.custom_data),
    user: Object.fromEntries(Object.entries(Object(event.user_data)).map(([key, value]) => [key, String(Array.isArray(value) ? value[0] : value)])),
    event_source_url: String(event.event_source_url ?? ""),
    referrer_url: String(event.referrer_url ?? ""),
    event_time: event.event_time,
    isAutomatic: false,
    hasTestCode: body.test_event_code !== undefined || event.test_event_code !== undefined,
    request,
    visit_page: request.visit_page,
  }));
}

/** Shorter ones stand in too many other places. */
const SHORTEST_ID = 8;

/** Requests of some other shape that carry the id of a Pixel event: its twin, too. @param {WireRequest} request @param {SeenEvent[]} hits @returns {SeenEvent[]} */
function carriers(request, hits) {
  const text = `${request.url}\n${request.body}`;
  const carried = new Map(hits.filter(({ event_id }) => event_id.length >= SHORTEST_ID && (text.includes(event_id) || text.includes(encodeURIComponent(event_id)))).map((event) => [event.event_id, event]));
  return [...carried.values()].map((event) => ({ ...event, side: "server", pixel_id: "", user: {}, parameters: event.parameters, isAutomatic: false, request, visit_page: request.visit_page }));
}

/** All events, in the order of their requests. @param {WireRequest[]} requests @returns {SeenEvent[]} */
export function parseEvents(requests) {
  const hits = requests.filter(isHit).flatMap(hit);
  const others = requests.filter((request) => !isMetas(new URL(request.url)) && !["Document", "Script", "Stylesheet", "Font"].includes(request.type));
  const posts = others.flatMap((request) => {
    const events = posted(request);
    return events.length > 0 ? events : carriers(request, hits);
  });
  return [...hits, ...posts].sort((one, other) => requests.indexOf(one.request) - requests.indexOf(other.request));
}
