/**
 * Whether the visitor lets us: what the shop says, or with `consent: "auto"` what the page's own signals say.
 */

import { part } from "./parts.js";
import type { Settings } from "./settings.js";
import type { ConsentSource, Diagnosis } from "./types.js";

type State = Diagnosis["consent"];

export let state: State = "unknown";
/** Who said so. */
export let source: ConsentSource = "option";

/** Called with the state before, after each change and each word of the shop's. */
let changed: (before: State) => void;
/** Brings the state up to date: asks the page's signals, where they count. */
export let check = (): void => {};

function set(next: State, from: ConsentSource): void {
  const before = state;
  [state, source] = [next, from];
  if (next !== before || from === "call") changed(before);
}

/** What the shop says by hand: it wins over every signal from now on. */
export const decide = (next: State): void => set(next, "call");

/** Starts. `change`: called with the state before, after each change and each word of the shop's. */
export function watch(settings: Settings, change: (before: State) => void): void {
  changed = change;
  if (settings.consent === "granted") set("granted", "option");
  if (settings.consent === "auto") {
    void part("signals").then((follow) => {
      if (follow) check = follow(settings, (next, from) => source !== "call" && set(next, from));
      check();
    });
  }
}

/** Whether the visitor's browser asks not to sell or share their data (Global Privacy Control). */
export const isGpcOn = (): boolean => (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
