/**
 * The life of the page: shown after prerendering, left, and come back to.
 */

import { attempt } from "./wall.js";

/** Whether the browser has only prepared the page: nobody has seen it, and perhaps nobody will. */
export const isPrerendered = (): boolean => Boolean((document as { prerendering?: boolean }).prerendering);

/** Calls once a prerendered page is shown. */
export const whenShown = (shown: () => void): void => document.addEventListener("prerenderingchange", () => attempt(shown));

/**
 * Calls `left` when the page may end without another word, with whether it is frozen or gone rather than out of sight, and
 * `back` when it is there again, or the network is.
 */
export function watch(left: (isGone: boolean) => void, back: () => void): void {
  const visible = () => attempt(() => (document.hidden ? left(false) : back()));
  document.addEventListener("visibilitychange", visible);
  addEventListener("pagehide", () => attempt(() => left(true)));
  addEventListener("pageshow", visible);
  addEventListener("online", visible);
}
