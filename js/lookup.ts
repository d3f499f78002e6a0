/**
 * The names by which the rules know countries, states, genders and currencies: long lists, seldom needed, so they are loaded
 * when a page first gives a value that is written out, or a rarer currency.
 */

import { part } from "./parts.js";

let names: Readonly<Record<string, string>> | undefined;
let areWanted = false;
let waiting: (() => void)[] = [];

/** Looks whether a value needs them: no code, and shorter than a hash. */
export const look = (key: string, value: string): unknown => (areWanted ||= /^((country|st) .{3,40}|ge .{2,40}|currency (?!(usd|eur|gbp|cad|aud|inr|brl|mxn|sek|pln|chf)$).{3})$/is.test(key + " " + value));

/** The list for a field; empty while it is not there. */
export const list = (field: string): string => names?.[field] ?? "";

/** Calls at once, or when the names are there that values need. */
export function whenThere(call: () => void): void {
  if (!areWanted || names) return call();
  if (waiting.push(call) === 1) {
    void part("names").then((its) => {
      names = its ?? {};
      release();
    });
  }
}

/** Calls what waits: the page is left, and there is no time for more. */
export const release = (): void => waiting.splice(0).forEach((call) => call());
