/**
 * The options of `createTwin`, read once. What can't be used gets a notice at its key and leaves the default.
 */

import { each, idText, isRoute } from "./call.js";
import { ENDPOINT_INVALID, OPTION_INVALID, OPTION_UNKNOWN, PIXEL_ID_INVALID, PIXEL_ID_MISSING } from "./codes.js";
import { report } from "./notices.js";

/**
 * What holds where an option is not given or of no use. Its kind shows what the option takes: of several words one of them,
 * digits where there are digits, an address, or yes and no.
 */
const DEFAULTS = {
  consent: "granted required auto",
  routing: "conversions pixel purchases all",
  pageViews: "manual spa",
  gpc: "deny limit",
  dataProcessingOptions: " LDU",
  dataProcessingOptionsCountry: "0",
  dataProcessingOptionsState: "0",
  /** Ids of IAB purposes, parted by commas. */
  tcfPurposes: "1,3,4",
  /** Of the IAB's list; 0: Meta is none of it. */
  tcfVendor: "0",
  /** Meta's id in Google's additional consent; 0: not asked for. */
  tcfProvider: "89",
  /** Empty: no server twin. */
  endpoint: "",
  pixelScript: "https://connect.facebook.net/en_US/fbevents.js",
  remember: false,
  autoIdentify: false,
  adopt: false,
  debug: false,
};

export type Settings = typeof DEFAULTS & {
  pixelId: string[];
  routes: Record<string, string>;
};

/** Whether an option takes a text. */
function isFit(text: string, usual: string): boolean {
  if (/ /.test(usual)) return usual.split(" ").includes(text);
  if (/^\d/.test(usual)) return /^[\d,]+$/.test(text);
  // A page that came by https may not post to what did not.
  return /^(\/|https?:\/\/[^\s/])\S*$/.test(text) && !(/^https/.test(location.protocol) && /^http:/.test(text));
}

export function readSettings(options: unknown): Settings {
  const settings = { pixelId: [], routes: {} } as unknown as Settings & Record<string, unknown>;
  const kinds = new Map<string, string | boolean>(Object.entries(DEFAULTS));
  for (const [key, usual] of kinds) settings[key] = typeof usual === "string" ? usual.split(" ")[0] : usual;
  each(options, "createTwin", OPTION_INVALID, (key, value) => {
    const usual = kinds.get(key);
    if (value == null) return;
    if (typeof usual === "string") {
      const text = String(value);
      if (isFit(text, usual)) settings[key] = text;
      else report(usual ? OPTION_INVALID : ENDPOINT_INVALID, key);
      // An attribute is text, and alone it means yes.
    } else if (usual !== undefined) settings[key] = !/^(false|0)$/.test(String(value));
    else if (key === "pixelId") {
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
    } else report(OPTION_UNKNOWN, key);
  });
  if (!settings.pixelId.length) report(PIXEL_ID_MISSING, "pixelId");
  return settings;
}
