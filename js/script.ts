/**
 * The script tag: reads its own `data-` attributes, starts the companion, and answers the calls that the page's inline
 * stub has queued.
 */

import { NAME_TAKEN } from "./codes.js";
import { report } from "./notices.js";
import { part } from "./parts.js";
import { createTwin } from "./start.js";
import { trackAt } from "./twin.js";
import type { Moment, Twin, TwinOptions } from "./types.js";
import { attempt } from "./wall.js";

/**
 * One call as the stub keeps it: a method's name, its arguments, and last, if wanted, a function for the answer; with when and
 * where it was made.
 */
type Call = ArrayLike<unknown> & { 1?: { setup?: object }; t?: Moment };

interface Stub {
  (...call: unknown[]): unknown;
  q?: { push(call: Call): unknown; splice(from: number): Call[]; find(is: (call: Call) => unknown): Call | undefined };
}

const page = window as { twin?: Stub };

/** The options that the tag carries: `data-pixel-id` is `pixelId`. One that Google Tag Manager has put in carries none: its first event does. */
const options: Record<string, unknown> = { ...(document.currentScript as HTMLElement | null)?.dataset };
if (!options["pixelId"]) Object.assign(options, attempt(() => page.twin?.q?.find((call) => call[1]?.setup)?.[1]?.setup));
if ("routes" in options) options["routes"] = attempt(() => JSON.parse(String(options["routes"])) as unknown) ?? "";

void createTwin(options as unknown as TwinOptions).then((twin: Twin) => {
  const answer = (call: Call): unknown => {
    const [method, ...args] = Array.from(call);
    const reply = typeof args[args.length - 1] === "function" ? (args.pop() as (answer?: unknown) => void) : undefined;
    const [name, params, options] = args;
    if (method === "event") return void part("gtm").then((gtm) => attempt(() => (gtm ? gtm(trackAt, name, reply) : reply?.())));
    const result = attempt(() =>
      call.t && method === "track" ? trackAt(call.t, name, params, options) : (twin as unknown as Record<string, (...args: unknown[]) => unknown>)[String(method)]?.(...args),
    );
    reply?.(result);
    return result;
  };
  // Elements and frames of that name are no script's; whatever else is there and can't be called, is.
  if (page.twin && typeof page.twin !== "function" && {}.hasOwnProperty.call(page, "twin")) return report(NAME_TAKEN, "twin");
  // In the order in which the page made them.
  for (const call of attempt(() => page.twin?.q?.splice(0)) ?? []) answer(call);
  page.twin = Object.assign((...call: unknown[]) => answer(call as ArrayLike<unknown>), { q: Object.assign([], { push: answer }) });
});
