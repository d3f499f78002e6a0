/**
 * The script tag: reads its own `data-` attributes, starts the companion, and answers the calls that the page's inline
 * stub has queued.
 */

import { createTwin } from "./index.js";
import type { Twin, TwinOptions } from "./types.js";
import { attempt } from "./wall.js";

/** One call as the stub keeps it: a method's name, its arguments, and last, if wanted, a function for the answer. */
type Call = ArrayLike<unknown>;

interface Stub {
  (...call: unknown[]): unknown;
  q?: { push(call: Call): unknown } & Iterable<Call>;
}

const page = window as { twin?: Stub };

/** The options that the tag carries: `data-pixel-id` is `pixelId`. */
const options: Record<string, unknown> = { ...(document.currentScript as HTMLElement | null)?.dataset };
if ("routes" in options) options["routes"] = attempt(() => JSON.parse(String(options["routes"])) as unknown);

void createTwin(options as unknown as TwinOptions).then((twin: Twin) => {
  const answer = (call: Call): unknown => {
    const [method, ...args] = Array.from(call);
    const reply = typeof args[args.length - 1] === "function" ? (args.pop() as (answer: unknown) => void) : undefined;
    const result = attempt(() => (twin as unknown as Record<string, (...args: unknown[]) => unknown>)[String(method)]?.(...args));
    reply?.(result);
    return result;
  };
  // In the order in which the page made them.
  for (const call of page.twin?.q ?? []) answer(call);
  page.twin = Object.assign((...call: unknown[]) => answer(call), { q: Object.assign([], { push: answer }) });
});
