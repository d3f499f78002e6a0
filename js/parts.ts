/**
 * The parts that are files of their own beside this one, each loaded when it is first used.
 *
 * Each address is a literal once the npm module is minified: that is how its users' bundlers find the files.
 */

import { PART_MISSING } from "./codes.js";
import { report } from "./notices.js";

/** What all their addresses start with, put in by webpack. A script tag can be asked for its address only while it runs. */
declare const PARTS: string;
const start = PARTS;

/** What a part is for; nothing, and a notice, if its file is not there. */
const from = <Part>(file: Promise<{ default: Part }>, name: string): Promise<Part | undefined> =>
  file.then(
    (module) => module.default,
    () => void report(PART_MISSING, name),
  );

export const texts = () => from<typeof import("./texts.js").default>(import(/* webpackIgnore: true */ start + "texts.js"), "texts");
export const dataLayer = () => from<typeof import("./optional/data-layer.js").default>(import(/* webpackIgnore: true */ start + "data-layer.js"), "data-layer");
export const forms = () => from<typeof import("./optional/forms.js").default>(import(/* webpackIgnore: true */ start + "forms.js"), "forms");
export const signals = () => from<typeof import("./optional/signals.js").default>(import(/* webpackIgnore: true */ start + "signals.js"), "signals");
export const adopt = () => from<typeof import("./optional/adopt.js").default>(import(/* webpackIgnore: true */ start + "adopt.js"), "adopt");
export const plain = () => from<typeof import("./plain.js").default>(import(/* webpackIgnore: true */ start + "plain.js"), "plain");
export const views = () => from<typeof import("./optional/views.js").default>(import(/* webpackIgnore: true */ start + "views.js"), "views");
