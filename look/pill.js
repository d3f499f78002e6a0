// One thing in a word or two, with a sign, so that its color is not all that says it.

import { make } from "./element.js";

/** @typedef {"ok" | "warn" | "bad" | "browser" | "server" | "plain"} Tone */

/** The signs of the tones that judge. @type {Partial<Record<Tone, string>>} */
const SIGNS = { ok: "✓", warn: "⚠", bad: "✕" };

/** @param {Tone} tone @param {string} text @param {string | undefined} [sign] in place of the tone's own; "" for none */
export const pill = (tone, text, sign = SIGNS[tone]) => make(`span.pill.${tone}`, {}, sign ? `${sign} ${text}` : text);
