/**
 * Reads the shop's own checkout and account fields, so that a customer who has typed an address need not be named by a call.
 *
 * Values go to `identify` and nowhere else. `docs/auto-identify.md` says what is read and what never is.
 */

import type { User, UserField } from "../types.js";
import { type Control, detail, type Detail } from "./field.js";

/** Whose word counts: billing before shipping, a name in two fields before one in one. */
const rank = ({ isShipping }: Detail, isSplit: boolean): number => (isShipping ? 0 : 2) + (isSplit ? 0 : 1);

/**
 * Reads what is there, and from then on each field when the visitor has left it.
 * @param identify called with all that is known, whenever that has changed
 * @returns what ends it
 */
export default function forms(identify: (user: User) => void): () => void {
  const known: Partial<Record<UserField, { value: string; rank: number }>> = {};

  const learn = (field: UserField, value: string, rank: number): boolean => {
    const before = known[field];
    if (!value || (before && (before.rank > rank || before.value === value))) return false;
    known[field] = { value, rank };
    return true;
  };
  const take = (found: Detail): boolean => {
    if (found.field !== "name") return learn(found.field, found.value, rank(found, false));
    const [, first = "", last = ""] = /^(.*?)(?:\s+(\S+))?$/.exec(found.value) ?? [];
    return [learn("fn", first, rank(found, true)), learn("ln", last, rank(found, true))].some(Boolean);
  };
  const read = (controls: Iterable<Control>) => {
    let isNews = false;
    for (const control of controls) {
      try {
        const found = detail(control);
        if (found && take(found)) isNews = true;
      } catch {
        // A field that does not let itself be read is not.
      }
    }
    if (isNews) identify(Object.fromEntries(Object.entries(known).map(([field, { value }]) => [field, value])));
  };
  const readAll = () => read(document.querySelectorAll<Control>("input,select"));
  const readOne = (event: Event) => {
    // Inside a component's open shadow root, too.
    const target = event.composedPath()[0] as Partial<Control> | undefined;
    if (target?.matches?.("input,select")) read([target as Control]);
  };

  const end = new AbortController();
  const on = (type: string, listener: (event: Event) => void) => document.addEventListener(type, listener, { capture: true, passive: true, signal: end.signal });
  // At the document, so that forms count that come later.
  on("change", readOne);
  on("blur", readOne);
  on("submit", readAll);
  on("DOMContentLoaded", readAll);
  readAll();
  return () => end.abort();
}
