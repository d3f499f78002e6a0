/**
 * What we tell the developer: kept for `diagnose()`, printed in debug mode, each kind once.
 *
 * Notices are numbers here. Their names and sentences are a file of their own, loaded only in debug mode.
 */

import type { Notice } from "./types.js";

/** Name and sentence of each notice, by number. */
export type Texts = readonly (readonly [name: string, text: string])[];

const told: { code: number; field: string }[] = [];
let texts: Texts = [];
let prints = false;

/** Takes a notice. A key of the page's own may be personal itself; it is not repeated. */
export function report(code: number, its: string): void {
  const field = its.replace(/\S*@\S*|(\d[^a-z.]{0,3}){9,}/g, "…");
  if (told.some((notice) => notice.code === code && notice.field === field)) return;
  told.push({ code, field });
  if (prints) print(code, field);
}

/** Prints from now on, and what was told before. Without the texts the numbers are printed. */
export function debug(its: Texts = []): void {
  texts = its;
  prints = true;
  for (const { code, field } of told) print(code, field);
}

/** All notices so far. */
export const notices = (): Notice[] => told.map(({ code, field }) => ({ code: name(code), field, text: texts[code]?.[1] ?? "" }));

const name = (code: number): string => texts[code]?.[0] ?? String(code);

function print(code: number, field: string): void {
  console.warn(`[pixel-twin] ${field}: ${texts[code]?.[1] ?? "notice"} (${name(code)})`);
}
