/**
 * Starts the companion, whichever way it came.
 */

import { ALREADY_STARTED } from "./codes.js";
import { load } from "./load.js";
import { debug, report } from "./notices.js";
import { part } from "./parts.js";
import { readSettings } from "./settings.js";
import { makeTwin } from "./twin.js";
import type { Twin, TwinOptions } from "./types.js";

/** A page has one companion, whichever way it came: by tag, by Google Tag Manager, from npm. */
const page = globalThis as { _twin?: Promise<Twin> };

/** Starts the companion. Resolves when it is ready; never rejects. A page has one: a second call gives the first. */
export function createTwin(options: TwinOptions): Promise<Twin> {
  if (page._twin) report(ALREADY_STARTED, "createTwin");
  return (page._twin ??= start(options));
}

async function start(options: TwinOptions): Promise<Twin> {
  const settings = readSettings(options);
  if (settings.debug) void part("texts").then(debug);
  // Without the module, each call of it fails at the wall.
  await load().catch(() => undefined);
  // What listens to the page does so from the first moment on that the shop knows of.
  return makeTwin(settings, settings.adopt ? await part("adopt") : undefined, settings.pageViews === "spa" ? await part("views") : undefined);
}
