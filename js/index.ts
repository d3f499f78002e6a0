/**
 * The npm entry: `createTwin`. It may be imported, and called, where there is no page: on a server it does nothing.
 */

import * as page from "./start.js";
import type { Diagnosis, Twin, TwinOptions } from "./types.js";

export type * from "./types.js";

/** What a server gets: pages are rendered there, and nothing happens on them yet. */
const nowhere: Twin = {
  track: () => "",
  identify() {},
  consent() {},
  dataLayer() {},
  inspect() {},
  flush: () => Promise.resolve(),
  diagnose: () => ({ consent: "unknown", consentFrom: "none", pixel: "absent", pixelIds: [], cookies: [], notices: [] }) as unknown as Diagnosis,
  hash: () => null,
};

/**
 * Starts the companion. Resolves when it is ready; never rejects. A page has one: a second call gives the first, whichever way
 * that came (tag, tag manager, npm).
 */
export const createTwin = (options: TwinOptions): Promise<Twin> => (typeof document === "undefined" ? Promise.resolve(nowhere) : page.createTwin(options));
