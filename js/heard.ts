/**
 * What the companion has done last, for the inspector: names, ids and results, never a customer's value.
 */

import { now_ms } from "./lifecycle.js";

/** Enough for a hundred events. */
const MOST = 600;

/** One step: when, which, and what about it; see where each is heard. */
export type Step = readonly [ms: number, step: string, ...about: any[]];

export const heard: Step[] = [];

export function hear(step: string, ...about: unknown[]): void {
  if (heard.push([now_ms(), step, ...about]) > MOST) heard.shift();
}
