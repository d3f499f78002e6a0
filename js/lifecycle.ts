/**
 * The life of the page: its time, shown after prerendering, left, and come back to.
 */

import { attempt } from "./wall.js";

/** Unix time in ms, as the page counts it; pages exist whose `Date.now` is none. */
export function now_ms(): number {
  const now = attempt(() => Date.now());
  return Number.isFinite(now) ? (now as number) : +new Date();
}

/** Whether the browser has only prepared the page: nobody has seen it, and perhaps nobody will. */
export const isPrerendered = (): boolean => Boolean((document as { prerendering?: boolean }).prerendering);

/** Calls at an event; not at all where the page lets nobody listen. */
export const on = (target: EventTarget, type: string, call: (event: Event) => void): unknown => attempt(() => target.addEventListener(type, (event) => attempt(() => call(event)), true));

/** Calls once a prerendered page is shown. */
export const whenShown = (shown: () => void): unknown => on(document, "prerenderingchange", shown);

/**
 * Calls `left` when the page may end without another word, with whether it is frozen or gone rather than out of sight, and
 * `back` when it is there again, or the network is.
 */
export function watch(left: (isGone: boolean) => void, back: () => void): void {
  const visible = () => (document.hidden ? left(false) : back());
  on(document, "visibilitychange", visible);
  on(window, "pagehide", () => left(true));
  on(window, "pageshow", visible);
  on(window, "online", visible);
}
