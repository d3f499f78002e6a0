/**
 * What became of each side of an event, in a word, and what to do about it.
 */

import type { Diagnosis } from "../../types.js";
import type { Tone } from "../../../look/pill.js";
import type { Hit, Hits } from "./hits.js";
import type { Event, Log } from "./log.js";

/** One side of an event. */
export interface Side {
  tone: Tone;
  /** For the pill. */
  word: string;
  /** A sentence: what it means, and what to do. */
  text: string;
  /** Names of the customer's fields it carried. */
  fields: string[];
}

/** One line of the list. */
export interface Line {
  key: string;
  ms: number;
  name: string;
  id: string;
  pixel: Side;
  server: Side;
  customFields: string[];
  /** An estimate, 1 to 10, and what would add most; 0: there is none. */
  quality: number;
  missing: string[];
  /** Something about the event as a whole. */
  note: string;
}

/** All that is known. */
export interface Knowledge {
  log: Log;
  hits: Hits;
  diagnosis: Diagnosis;
  estimate: (fields: string) => string[];
  /** What a notice of that name says; empty while the texts are not there. */
  sentence: (code: string) => string;
}

const side = (tone: Tone, word: string, text: string, fields: string[] = []): Side => ({ tone, word, text, fields });

/** The lines, newest first: the companion's events, and what other scripts have sent to the same pixels. */
export function lines(known: Knowledge): Line[] {
  const { log, hits, diagnosis } = known;
  const ours = new Set(log.events.map(({ name, id }) => `${name} ${id}`));
  const others = hits.all().filter(({ ms, pixel, name, id }) => ms >= log.since_ms && diagnosis.pixelIds.includes(pixel) && !ours.has(`${name} ${id}`));
  // Those that wait are the last ones.
  const unsent = log.events.filter(({ isSent, isDropped }) => !isSent && !isDropped);
  const waiting = new Set(diagnosis.waitingForConsent ? unsent.slice(-diagnosis.waitingForConsent) : []);
  return [...log.events.map((event) => ownLine(event, waiting.has(event), known)), ...others.map((hit) => otherLine(hit, known))].reverse().sort((a, b) => b.ms - a.ms);
}

function ownLine(event: Event, isWaiting: boolean, known: Knowledge): Line {
  const pixel = pixelSide(event, isWaiting, known);
  const server = serverSide(event, isWaiting, known);
  // The endpoint adds address and browser; on the Pixel's side they come with the request.
  const fields = event.key ? server.fields : pixel.fields;
  const [tenths, ...missing] = event.key || event.fired.length ? known.estimate([...fields, "client_ip_address", "client_user_agent"].join(" ")) : [];
  return {
    key: String(event.number), ms: event.ms, name: event.name, id: event.id, pixel, server, customFields: event.customFields, quality: Number(tenths ?? 0) / 10, missing,
    note: event.isEarlier ? "An earlier page has left this event; its Pixel event went out there." : event.isAdopted ? "The page fires this event itself; adopt has given it its id and its twin." : "",
  };
}

/** Another script's event at one of our pixels. */
function otherLine({ ms, name, id, agent, fields }: Hit, { log }: Knowledge): Line {
  const twice = log.events.some((event) => event.name === name);
  return {
    key: `other ${name} ${id} ${ms}`, ms, name, id,
    pixel: side("warn", "sent by others", `Another script has sent this to the same pixel${agent ? ` (it calls itself ${sender(agent)})` : ""}.`, fields),
    server: side("plain", "no twin", "The companion does not know of this event. Set adopt to give the page's own events an id and a twin."),
    customFields: [], quality: 0, missing: [],
    note: twice ? `The companion has sent ${name} as well, with another id: if both are the same thing, it counts twice. Take one of them away, or let the companion adopt the page's.` : "",
  };
}

/** How platforms mark the pixels that they set up. */
const sender = (agent: string): string => (/shopify/i.test(agent) ? "Shopify’s Facebook & Instagram channel" : /woo/i.test(agent) ? "a WooCommerce plugin" : /wordpress|pixelcaffeine|pys/i.test(agent) ? "a WordPress plugin" : /googletagmanager|^tm/i.test(agent) ? "a Google Tag Manager template" : agent.replace(/[^\w.-]/g, "").slice(0, 40));

/** What both sides have in common until an event goes its way. */
function before({ isDropped, isSent, isEarlier, fields, name }: Event, isWaiting: boolean, { consent, consentFrom }: Diagnosis): Side | undefined {
  if (isDropped || (!isSent && !isWaiting)) return side("plain", "dropped", "Consent was refused or taken back, so nothing of this event was sent.");
  if (isWaiting && consent === "granted") return side("plain", "waiting", "Consent is there. The event goes out when the page is shown, and the lists it needs have come.");
  if (isWaiting) return side("warn", "waiting for consent", `Nothing is sent before consent, which is ${sayConsent(consent, consentFrom)}. The event goes out, with its own time, once consent comes.`);
  if (!fields && !isEarlier) return side("plain", "not sent again", `This browser has sent ${name} with this id before, so it would count twice. (Neither are bots answered, nor names of no or more than 50 characters sent.)`);
  return undefined;
}

/** What consent is, and who says so. */
export const sayConsent = (consent: Diagnosis["consent"], from: Diagnosis["consentFrom"]): string =>
  consent === "unknown" && /^(option|none)$/.test(from) ? "unknown: nobody has said anything yet" : `${consent} by ${CONSENT[from]}`;

const CONSENT: Readonly<Record<Diagnosis["consentFrom"], string>> = {
  option: "the consent option",
  call: "a call of consent",
  tcf: "the page’s IAB TCF platform",
  "consent-mode": "Google Consent Mode",
  gpc: "the browser’s Global Privacy Control",
  shopify: "Shopify’s Customer Privacy",
  wp: "the WP Consent API",
  none: "nobody",
};

function pixelSide(event: Event, isWaiting: boolean, { log, hits, diagnosis }: Knowledge): Side {
  const early = before(event, isWaiting, diagnosis);
  if (early) return early;
  if (event.isEarlier) return side("plain", "earlier page", "Its Pixel event went out on the page that it happened on.");
  const hit = hits.of(event.name, event.id);
  if (hit) return side("ok", "sent", "The browser has made the request. It tells no page whether it arrived: what stops this request alone goes unseen. Whether Meta took it shows in Test Events of Events Manager.", hit.fields);
  if (event.isAdopted) return side("ok", "fired by the page", "The page’s own call, with the id of the twin.");
  if (!event.fired.length) return side("plain", "not routed", "By the routing of this event nothing goes to the Pixel.");
  const fields = event.fired.flatMap((pixel) => log.inits[pixel] ?? []);
  const policy = (part: string) => `The page’s Content-Security-Policy stops ${part}. Allow connect.facebook.net in script-src, and www.facebook.com in img-src and connect-src.`;
  const { stopped } = hits;
  if (stopped.has("script")) return side("bad", "blocked by CSP", policy("Meta’s script"), fields);
  if (diagnosis.pixel === "absent") return side("bad", "blocked", "There is no Pixel on this page. Something keeps the companion from loading Meta’s script; see the warnings.");
  if (diagnosis.pixel === "blocked") return side("bad", "blocked: script", "The browser could not load Meta’s script: an ad blocker, the visitor’s network, or the line. The server event alone counts then.", fields);
  if (diagnosis.pixel === "queueing") return side("warn", "queued", "Meta’s script has not come yet. If it stays so, something blocks it.", fields);
  if (stopped.has("settings")) return side("bad", "blocked by CSP", policy("the pixel’s settings"), fields);
  if (diagnosis.pixel === "unconfigured") return side("warn", "queued: settings", "Meta’s script has come, the settings of this pixel have not: it holds every event until then. If it stays so, something blocks them, or there is no pixel of that id.", fields);
  if (stopped.has("event")) return side("bad", "blocked by CSP", policy("the Pixel’s requests"), fields);
  return side("ok", "fired", "Meta’s script has taken it. The browser lists no request with this id: those of large events name none, and some ad blockers stop them unseen.", fields);
}

function serverSide(event: Event, isWaiting: boolean, { diagnosis, sentence }: Knowledge): Side {
  const early = before(event, isWaiting, diagnosis);
  if (early) return early;
  const { answer, key, userFields, name } = event;
  if (!key) {
    if (!diagnosis.endpoint) return side("warn", "no endpoint", "No endpoint is set, so no event has a server twin. Set endpoint (data-endpoint).");
    const isRefused = name === "Purchase" && diagnosis.notices.some(({ code }) => /^(currency|value)_missing$/.test(code));
    if (isRefused) return side("bad", "not made", "Meta refuses a Purchase without value and currency from a server; see the warnings.");
    return side("plain", "not routed", `By the routing “${diagnosis.routing}” this event goes to the Pixel alone. Set routing or routes to give it a server twin.`);
  }
  if (!answer) return side("warn", "kept", "It is in this browser’s outbox and on its way; the endpoint has not answered yet.", userFields);
  const { status, wait_ms, ms, isInCompany, reasons } = answer;
  const at = new Date(ms + wait_ms).toLocaleTimeString();
  if (!wait_ms) return side("ok", "delivered", `The endpoint has answered ${status}. It passes the event on to Meta; what became of it there is on the relay’s status page.`, userFields);
  if (wait_ms > 0 && !status) return side("warn", "kept, no answer", `The line is down, something blocks the request, or the page’s policy forbids it (connect-src). It is kept, and tried again at ${at}, for up to seven days.`, userFields);
  if (wait_ms > 0) return side("warn", `kept, ${status}`, `The endpoint has answered ${status}, which passes. The event is kept, and tried again at ${at}, for up to seven days.`, userFields);
  if (isInCompany) return side("warn", `kept, ${status}`, `It was refused together with others, and goes again alone.`, userFields);
  const why = reasons.map(({ field, code }) => `${field || "The event"}: ${sentence(code) || code}`).join(" ") || ADVICE[status] || "Its answer says why.";
  return side("bad", `refused, ${status}`, `The endpoint has answered ${status}, and the event is not sent again. ${why}`, userFields);
}

/** What to do about a refusal. */
const ADVICE: Readonly<Record<number, string>> = {
  401: "The endpoint wants a sign-in: the path has to be open to visitors.",
  403: "The endpoint does not take posts from this origin: add it to the relay’s TWIN_ALLOWED_ORIGINS.",
  404: "Nothing is at that path: check endpoint, and the rule that passes it on to the relay.",
  405: "The path takes no POST: check the rule that passes it on to the relay.",
  413: "The endpoint takes no bodies of that size.",
};
