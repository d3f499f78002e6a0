/**
 * The parts that are files of their own beside this one, each loaded when it is first used.
 */

import { PART_MISSING } from "./codes.js";
import { report } from "./notices.js";

/** What each gives. */
interface Parts {
  texts: typeof import("./texts.js").default;
  names: typeof import("./names.js").default;
  plain: typeof import("./plain.js").default;
  signals: typeof import("./optional/signals.js").default;
  adopt: typeof import("./optional/adopt.js").default;
  views: typeof import("./optional/views.js").default;
  forms: typeof import("./optional/forms.js").default;
  "data-layer": typeof import("./optional/data-layer.js").default;
  inspect: typeof import("./optional/inspect.js").default;
  gtm: typeof import("./optional/gtm.js").default;
}

/**
 * How a file is loaded, put in by webpack: a script tag's beside the tag's own address, which it can be asked for only while
 * it runs; an npm module's by a literal address, by which its users' bundlers find it.
 */
declare const LOAD: (name: string) => Promise<{ default: unknown }>;
const load = LOAD;

/** What a part gives; nothing, and a notice, if its file is not there. */
export const part = <Name extends keyof Parts>(name: Name): Promise<Parts[Name] | undefined> =>
  load(name).then(
    (module) => module.default as Parts[Name],
    () => void report(PART_MISSING, name),
  );
