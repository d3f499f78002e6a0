/**
 * The only calls of `fbq`.
 */

import { joined, MARK, parse } from "./call.js";
import { FBQ_THREW, SCRIPT_BLOCKED } from "./codes.js";
import { hear } from "./heard.js";
import { on } from "./lifecycle.js";
import { report } from "./notices.js";
import { askModule } from "./page.js";
import type { Diagnosis } from "./types.js";
import { attempt, enter } from "./wall.js";

/** What of `fbq` we rely on: its own stub and, once it has run, Meta's library. */
interface Fbq {
  (...call: unknown[]): void;
  callMethod?: (...call: unknown[]) => void;
  queue: ArrayLike<unknown>[];
  push: unknown;
  loaded: boolean;
  version: string;
  disablePushState?: boolean;
  getState?: () => { pixels: { id: string | number }[] };
  instance?: { configsLoaded?: Record<string, unknown> };
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

const page = globalThis as { fbq?: Fbq; _fbq?: Fbq; trustedTypes?: TrustedTypes };

/** Pixels that we have initialised, or found to be. */
const initialised = new Set<string>();
/** Our own calls: whether one is running, and the ids of the events that we have fired or adopted. */
export const calls = { isRunning: false, ids: new Set<unknown>() };
/** Whether the browser has said that Meta's library does not come. */
let isBlocked = false;

/**
 * Brings Meta's library onto a page that has not brought it itself: the queueing `fbq` in the form that fbevents.js looks
 * for, and the script. Whoever makes the one must load the other, because Meta's own snippet then does neither.
 */
export function load(url: string): void {
  on(window, "error", ({ target }) => (isBlocked ||= (target as HTMLScriptElement).src === url));
  // Meta's script, or that of a pixel's settings, has come. (It gets no further than the document.)
  on(document, "load", () => held.splice(0).forEach((call) => call()));
  if (typeof page.fbq === "function") return;
  const fbq = function () {
    fbq.callMethod ? fbq.callMethod.apply(fbq, arguments as unknown as unknown[]) : fbq.queue.push(arguments);
  } as Fbq;
  const script = document.createElement("script");
  script.async = true;
  // What a page's policy lets run by a nonce needs it, too.
  script.nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
  try {
    // Where the page demands Trusted Types, text is no address. Whether our policy may be is the page's decision; if not,
    // no stub stands in the way of a script that the page may load itself.
    script.src = attempt(() => page.trustedTypes?.createPolicy("pixel-twin", { createScriptURL: (url) => url }).createScriptURL(url)) ?? url;
  } catch {
    return report(SCRIPT_BLOCKED, "pixelScript");
  }
  page._fbq ??= page.fbq = fbq.push = fbq;
  page.fbq = fbq;
  fbq.loaded = true;
  fbq.version = "2.0";
  fbq.queue = [];
  document.head.appendChild(script);
}

/** Calls `fbq`, if there is one. */
export function call(...call: unknown[]): void {
  calls.isRunning = true;
  try {
    page.fbq?.(...call);
  } catch {
    report(FBQ_THREW, "fbq");
  }
  calls.isRunning = false;
}

/** What the module is asked, see `src/lib.rs`. */
const DISCREET = 2;

/** The page's addresses as they may be told; empty if that is as they are. */
const told: Record<string, string> = {};
const discreet = (url: string): string => (told[url] ??= enter(() => askModule(DISCREET, joined(url))) ?? "");

/** Calls that wait for Meta's library because of the page's address. */
let held: (() => void)[] = [];

/**
 * Acts while the page's address and referrer are those that may be told. Meta's library reads both itself, when it processes
 * a call: where they are personal, it gets the call once it processes at once, and sees others for that moment.
 *
 * @param id the pixel that the call is for
 */
function discreetly(id: string, act: () => void): void {
  const { href } = location;
  const { referrer } = document;
  if (!discreet(href) && !discreet(referrer)) return act();
  const { callMethod, instance } = page.fbq ?? {};
  if (!callMethod || (instance?.configsLoaded && !instance.configsLoaded[id])) return void held.push(() => discreetly(id, act));
  const own = Object.getOwnPropertyDescriptor(document, "referrer");
  // The prototype's: routers of single-page shops have put their own into `history` itself.
  const show = (url: string) => History.prototype.replaceState.call(history, history.state, "", url);
  attempt(() => {
    show(discreet(href) || href);
    Object.defineProperty(document, "referrer", { value: discreet(referrer) || referrer, configurable: true });
    act();
  });
  attempt(() => (own ? Object.defineProperty(document, "referrer", own) : delete (document as { referrer?: string }).referrer));
  attempt(() => show(href));
}

/** Ends the Pixel's consent. What we have queued for a library that has not run is taken back: it would not ask again. */
export function revoke(): void {
  held = [];
  const { queue, callMethod } = page.fbq ?? {};
  if (queue && !callMethod) {
    const others = queue.filter((call) => !calls.ids.has((call[4] as { eventID?: unknown } | undefined)?.eventID));
    queue.splice(0, queue.length, ["consent", "revoke"], ...others);
  } else call("consent", "revoke");
}

/** Stops the library's own page views of a single-page shop: they have no id that a twin could share. */
export function leaveViewsToUs(): void {
  if (page.fbq) page.fbq.disablePushState = true;
}

/** Whether the page has initialised the pixel: the library knows it, or an `init` waits in its queue. */
function isKnown(id: string): boolean {
  const is = (value: unknown) => String(value) === id;
  return (
    (page.fbq?.getState?.().pixels ?? []).some((pixel) => is(pixel.id)) ||
    Array.from(page.fbq?.queue ?? []).some((call) => call[0] === "init" && is(call[1]))
  );
}

/**
 * Fires one event at one pixel, which is initialised before, with the customer as far as known: once, and not where the
 * page has done so itself.
 *
 * @param text what `src/track.rs` joins
 */
export function fire(text: string): void {
  const [id = "", em, external_id, method, name, eventID, params = "{}"] = text.split(MARK);
  if (!id) return;
  if (!initialised.has(id)) {
    initialised.add(id);
    if (!attempt(() => isKnown(id))) {
      hear("init", id, em && "em", external_id && "external_id");
      call("init", id, { ...(em && { em }), ...(external_id && { external_id }) });
    }
  }
  calls.ids.add(eventID);
  hear("fire", eventID, name, id);
  discreetly(id, () => call(method, id, name, attempt(() => parse(params)) ?? {}, { eventID }));
}

/** How far Meta's library is on this page. `fbq.loaded` says nothing: the stub sets it. */
export function state(ids: readonly string[]): Diagnosis["pixel"] {
  const fbq = page.fbq;
  if (typeof fbq !== "function") return "absent";
  if (!fbq.callMethod) return isBlocked ? "blocked" : "queueing";
  return ids.every((id) => fbq.instance?.configsLoaded?.[id]) ? "working" : "unconfigured";
}
