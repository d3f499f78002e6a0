/**
 * The only code that touches `document.cookie` and `localStorage`. Called only with consent, but for `forget`.
 */

import { STORAGE_UNAVAILABLE } from "./codes.js";
import { report } from "./notices.js";
import { attempt } from "./wall.js";

/** What our keys start with. */
const PREFIX = "_twin_";

/** Where it all is; nothing is touched before the first call. */
let store: Record<string, string> | undefined;

/** Where nothing can be stored, memory has to do, as long as the page lasts. */
function inMemory(): Record<string, string> {
  report(STORAGE_UNAVAILABLE, "localStorage");
  return { ...store };
}

const entries = (): Record<string, string> => (store ??= attempt(() => {
    const found = localStorage as unknown as Record<string, string>;
    // Some throw only when they are read.
    void found[PREFIX];
    return found;
  }) ?? inMemory());

/** What the inspector keeps in this tab: the code of test events, perhaps empty; nothing where it is not in use. */
export const inspected = (): string | undefined => attempt(() => (sessionStorage as unknown as Record<string, string>)["_twin_inspect"]);

/** What is stored under one of our keys; empty if nothing. */
export const get = (key: string): string => entries()[PREFIX + key] ?? "";

export function set(key: string, value: string): void {
  try {
    entries()[PREFIX + key] = value;
  } catch {
    store = inMemory();
    store[PREFIX + key] = value;
  }
}

export const remove = (key: string): unknown => delete entries()[PREFIX + key];

/** Our keys that start so. */
export const keys = (start: string): string[] =>
  Object.keys(entries())
    .filter((key) => key.startsWith(PREFIX + start))
    .map((key) => key.slice(PREFIX.length));

/** All cookies that script may see. Chromium asks another process each time: once per event is enough. */
export const cookies = (): string => attempt(() => document.cookie) ?? "";

const write = (cookie: string) => attempt(() => (document.cookie = cookie));

/** Sets a cookie from its whole text, attributes and all, then gives all cookies. */
export function setCookie(cookie: string): string {
  write(cookie);
  return cookies();
}

const renewed = new Set<string>();

/** Sets a cookie again, once per page, so that its life begins anew. */
export function renew(cookie: string): void {
  if (!renewed.has(cookie)) write(cookie);
  renewed.add(cookie);
}

/** Deletes the cookies of a name, for the host alone and for each domain that it lies in. */
export function expire(name: string): void {
  const at = (place: string) => write(`${name}=;path=/;max-age=0${place}`);
  at("");
  for (let domain = location.hostname; domain; domain = domain.slice(domain.indexOf(".") + 1 || Infinity)) at(";domain=" + domain);
}

/** Deletes whatever we stored, and Meta's two cookies. */
export function forget(): void {
  keys("").forEach(remove);
  ["_fbp", "_fbc"].forEach(expire);
}
