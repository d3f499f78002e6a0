/**
 * Tolerant reading of what a page passes in, into the plain text that `src/call.rs` reads.
 *
 * Whatever it is — getters that throw, proxies, cycles, megabytes — nothing is thrown here, and nothing of the page's goes
 * further than here. Odd input becomes a notice.
 */

import { ID_INVALID, OPTION_INVALID, OPTION_UNKNOWN, OPTIONS_INVALID, PARAMS_INVALID, UNREADABLE } from "./codes.js";
import { look } from "./lookup.js";
import { report } from "./notices.js";
import { attempt } from "./wall.js";

/** How deep a value may nest: beyond it, it can only be a cycle or a mistake. */
const MAX_DEPTH = 6;
/** How much one value may hold, in characters and parts: far more than a cart, well below what a request may carry. */
const MAX_SIZE = 20_000;

/** Ends a field of a call, and a key or value of a customer. */
export const MARK = "\x1f";

/** Texts with a mark after each. */
export const joined = (...texts: unknown[]): string => texts.map((text) => text + MARK).join("");

/** Text as it crosses into the module: another control character for the mark, and nothing that is half a character. */
export const clean = (text: string): string => text.replace(/\x1f|\p{Surrogate}/gu, (character) => (character === MARK ? "\x1e" : "\ufffd"));

/** Text as JSON: our own, because pages exist that have replaced `JSON.stringify`. */
const quote = (text: string): string => '"' + clean(text).replace(/[\0-\x1f"\\]/g, (character) => "\\u" + (0x10000 + character.charCodeAt(0)).toString(16).slice(1)) + '"';

/** Kept from before the page's scripts could replace it. */
export const { parse } = JSON;

let size = 0;

/** Plain data as JSON; throws for what is none. */
function json(value: unknown, depth: number): string {
  size += typeof value === "string" ? value.length : 1;
  if (size < MAX_SIZE) {
    if (value == null) return "null";
    if (typeof value === "bigint" || typeof value === "string") return quote(String(value));
    if (typeof value === "boolean" || Number.isFinite(value)) return String(value);
    if (typeof value === "object" && depth) {
      const object = value as Record<string, unknown>;
      let text = "";
      if (Array.isArray(value)) {
        for (let place = 0; place < value.length; place++) text += "," + json(value[place], depth - 1);
        return "[" + text.slice(1) + "]";
      }
      // Dates and their like say themselves what they are as data; one without a time says nothing.
      if (typeof object["toJSON"] === "function") return json(object["toJSON"]() ?? json, 0);
      for (const key of Object.keys(object)) text += "," + quote(key) + ":" + json(object[key], depth - 1);
      return "{" + text.slice(1) + "}";
    }
  }
  throw 0;
}

/** Calls with each key and value of an object. `undefined` and `null` have none; for what is no object there is a notice. */
export function each(object: unknown, name: string, code: number, call: (key: string, value: unknown) => void): void {
  if (object == null) return;
  const keys = attempt(() => typeof object === "object" && !Array.isArray(object) && Object.keys(object));
  if (!keys) return report(code, name);
  for (const key of keys) {
    try {
      call(key, (object as Record<string, unknown>)[key]);
    } catch {
      report(UNREADABLE, key);
    }
  }
}

/** An event's parameters. */
export function params(object: unknown): string {
  let text = "";
  each(object, "params", PARAMS_INVALID, (key, value) => {
    size = 0;
    if (typeof value === "string") look(key, value);
    text += "," + quote(key) + ":" + json(value, MAX_DEPTH);
  });
  return "{" + text.slice(1) + "}";
}

/** The members of what {@link params} or {@link json} have written, as JSON: key and value, a mark after each. */
export function members(text: string): string {
  let members = "";
  for (const [key, value] of Object.entries(parse(text) as object)) {
    size = 0;
    members += quote(key).slice(1, -1) + MARK + json(value, MAX_DEPTH) + MARK;
  }
  return members;
}

/** Text or a whole number as text; `undefined` for all else. */
export function idText(value: unknown): string | undefined {
  if (typeof value === "string" || typeof value === "bigint" || Number.isSafeInteger(value)) return clean(String(value));
  return undefined;
}

/** A customer: Meta's short names, each with text, a number or a list of them. */
export function user(object: unknown): string {
  let text = "";
  each(object, "user", OPTIONS_INVALID, (key, value) => {
    for (const single of Array.isArray(value) ? value : [value]) {
      const id = idText(single);
      // An empty form field is no mistake; what is no text has no value to Meta's libraries either.
      if (id) {
        look(key, id);
        text += clean(key) + MARK + id + MARK;
      } else if (id === undefined && single != null) report(UNREADABLE, "user." + key);
    }
  });
  return text;
}

/** The options of one event. */
export function options(object: unknown): { own: string; order: string; user: string; route: string } {
  const read = { own: "", order: "", user: "", route: "" };
  const id = (key: string, value: unknown) => {
    if (value != null && idText(value) === undefined) report(ID_INVALID, key);
    return idText(value) ?? "";
  };
  each(object, "options", OPTIONS_INVALID, (key, value) => {
    if (key === "eventId") read.own = id(key, value);
    else if (key === "orderId") read.order = id(key, value);
    else if (key === "user") read.user = user(value);
    else if (key === "routing") read.route = isRoute(value) ? value : (report(OPTION_INVALID, key), "");
    else report(OPTION_UNKNOWN, key);
  });
  return read;
}

/** Whether a value names the sides that an event goes out from. */
export const isRoute = (value: unknown): value is string => ["pixel", "server", "both", "none"].includes(value as string);
