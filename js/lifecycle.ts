/**
 * The life of the page: shown after prerendering, left, come back to, and in a single-page shop many views in one.
 */

import { attempt } from "./wall.js";

/** The page before this view; a single-page shop's views follow each other without a load. */
export let referrer = "";

/** Whether the browser has only prepared the page: nobody has seen it, and perhaps nobody will. */
export const isPrerendered = (): boolean => Boolean((document as { prerendering?: boolean }).prerendering);

/** Takes note of where the visitor came from, and calls once a prerendered page is shown. */
export function begin(shown: () => void): void {
  referrer = document.referrer;
  document.addEventListener("prerenderingchange", () => attempt(shown));
}

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

/** Calls after each change of the page's address without a load. */
export function views(viewed: () => void): void {
  let address = location.href;
  const look = () =>
    attempt(() => {
      if (location.href === address) return;
      [referrer, address] = [address, location.href];
      viewed();
    });
  for (const name of ["pushState", "replaceState"] as const) {
    const change = history[name];
    history[name] = function (this: History, ...given) {
      change.apply(this, given);
      look();
    };
  }
  addEventListener("popstate", look);
}
