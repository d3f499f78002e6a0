/**
 * The options of `createTwin`, read once. What can't be used gets a notice at its key and leaves the default.
 */

import { each, idText, isRoute } from "./call.js";
import { ENDPOINT_INVALID, OPTION_INVALID, OPTION_UNKNOWN, PIXEL_ID_INVALID, PIXEL_ID_MISSING } from "./codes.js";
import { report } from "./notices.js";

/** What holds where an option is not given or of no use. */
const DEFAULTS = {
  pixelId: [] as string[],
  /** Empty: no server twin. */
  endpoint: "",
  consent: "granted",
  routing: "conversions",
  routes: {} as Record<string, string>,
  pixelScript: "https://connect.facebook.net/en_US/fbevents.js",
  autoIdentify: false,
  debug: false,
};

export type Settings = typeof DEFAULTS;

/** What the options that are text look like. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  endpoint: /^(\/|https?:\/\/)/,
  consent: /^(granted|required)$/,
  routing: /^(pixel|purchases|conversions|all)$/,
  pixelScript: /./,
};

export function readSettings(options: unknown): Settings {
  const settings: Settings & Record<string, unknown> = { ...DEFAULTS, pixelId: [], routes: {} };
  each(options, "createTwin", OPTION_INVALID, (key, value) => {
    const pattern = PATTERNS[key];
    if (value == null) return;
    if (pattern) {
      if (typeof value === "string" && pattern.test(value)) settings[key] = value;
      else report(key === "endpoint" ? ENDPOINT_INVALID : OPTION_INVALID, key);
    } else if (key === "pixelId") {
      // Several ids may stand in one text, as tag managers and attributes give them.
      for (const id of [value].flat().flatMap((id) => (idText(id) ?? "?").split(/[ ,]+/))) {
        if (!/^\d+$/.test(id)) report(PIXEL_ID_INVALID, key);
        else if (!settings.pixelId.includes(id)) settings.pixelId.push(id);
      }
    } else if (key === "routes") {
      each(value, key, OPTION_INVALID, (name, route) => {
        if (isRoute(route)) settings.routes[name] = route;
        else report(OPTION_INVALID, "routes." + name);
      });
    } else if (typeof settings[key] === "boolean") {
      // An attribute is text, and alone it means yes.
      settings[key] = !/^(false|0)$/.test(String(value));
    } else report(OPTION_UNKNOWN, key);
  });
  if (!settings.pixelId.length) report(PIXEL_ID_MISSING, "pixelId");
  return settings;
}
