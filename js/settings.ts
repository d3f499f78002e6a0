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
  pageViews: "manual",
  gpc: "deny",
  /** Ids of IAB purposes, parted by commas. */
  tcfPurposes: "1,3,4",
  /** Of the IAB's list; empty: Meta is none of it. */
  tcfVendor: "",
  /** Meta's id in Google's additional consent; empty: not asked for. */
  tcfProvider: "89",
  /** Empty: none were set. */
  dataProcessingOptions: "",
  dataProcessingOptionsCountry: "0",
  dataProcessingOptionsState: "0",
  remember: false,
  autoIdentify: false,
  adopt: false,
  debug: false,
};

export type Settings = typeof DEFAULTS;

/** What the options that are text look like; lists are given with commas, as attributes give them. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  endpoint: /^(\/|https?:\/\/)/,
  consent: /^(granted|required|auto)$/,
  routing: /^(pixel|purchases|conversions|all)$/,
  pixelScript: /^\S+$/,
  pageViews: /^(manual|spa)$/,
  gpc: /^(deny|limit)$/,
  tcfPurposes: /^\d[\d,]*$/,
  tcfVendor: /^\d*$/,
  tcfProvider: /^\d*$/,
  dataProcessingOptions: /^(LDU)?$/,
  dataProcessingOptionsCountry: /^\d+$/,
  dataProcessingOptionsState: /^\d+$/,
};

export function readSettings(options: unknown): Settings {
  const settings: Settings & Record<string, unknown> = { ...DEFAULTS, pixelId: [], routes: {} };
  each(options, "createTwin", OPTION_INVALID, (key, value) => {
    const pattern = PATTERNS[key];
    if (value == null) return;
    if (pattern) {
      const text = String(value);
      // A page that came by https may not post to what did not.
      const isMixed = location.protocol === "https:" && /^http:\/\/(?!localhost|127\.)/.test(text);
      if (pattern.test(text) && !isMixed) settings[key] = text;
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
      // An attribute without a value, too, switches on.
    } else if (typeof settings[key] === "boolean") settings[key] = value === "" || (Boolean(value) && value !== "false");
    else report(OPTION_UNKNOWN, key);
  });
  if (!settings.pixelId.length) report(PIXEL_ID_MISSING, "pixelId");
  return settings;
}
