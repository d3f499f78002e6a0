/**
 * Whether the visitor lets us: what the shop says, or with `consent: "auto"` what the page's own signals say.
 *
 * The signals are asked at each event and every few hundred ms: consent platforms come late, and visitors change their mind.
 */

import type { Settings } from "./settings.js";
import type { ConsentSource } from "./types.js";
import { attempt } from "./wall.js";

/** From the loosest to the strictest: of several signals the last in this order holds. */
const STATES = ["granted", "unknown", "denied"] as const;
const [GRANTED, UNKNOWN, DENIED] = [0, 1, 2];
type State = (typeof STATES)[number];

/** How often the signals are asked, in ms. */
const EVERY_MS = 300;

export let state: State = "unknown";
/** Who said so. */
export let source: ConsentSource = "option";

/** Called with the state before, after each change and each word of the shop's. */
let changed: (before: State) => void;
/** Asks the signals; nothing to ask unless `auto`, and nobody once the shop has said it by hand. */
let ask: (() => void) | undefined;

function set(next: State, from: ConsentSource): void {
  const before = state;
  [state, source] = [next, from];
  if (next !== before || from === "call") changed(before);
}

/** Brings the state up to date. */
export const check = (): void => ask?.();

/** What the shop says by hand: it wins over every signal from now on. */
export function decide(next: State): void {
  ask = undefined;
  set(next, "call");
}

/** Starts. `change`: called with the state before, after each change and each word of the shop's. */
export function watch(settings: Settings, change: (before: State) => void): void {
  changed = change;
  if (settings.consent === "granted") set("granted", "option");
  if (settings.consent === "auto") {
    const readers = signals(settings);
    ask = () => {
      let strictest = -1;
      let from: ConsentSource = "none";
      for (const name of Object.keys(readers) as (keyof typeof readers)[]) {
        const says = attempt(readers[name]) ?? -1;
        if (says > strictest) [strictest, from] = [says, name];
      }
      set(STATES[strictest] ?? "unknown", from);
    };
    setInterval(() => attempt(check), EVERY_MS);
    check();
  }
}

/** What other scripts leave on the page. */
const page = globalThis as Record<string, any>;

/** Whether the visitor's browser asks not to sell or share their data (Global Privacy Control). */
export const isGpcOn = (): boolean => page["navigator"].globalPrivacyControl === true;

/** The signals that a page can have. Each gives a place in STATES, or nothing where the page does not have it. */
function signals({ gpc, tcfPurposes, tcfVendor, tcfProvider }: Settings) {
  let isListening = false;
  let tcData: Record<string, any> | undefined;
  const seen = new WeakSet<object>();
  const types: Record<string, Record<string, string>> = { default: {}, update: {} };

  return {
    /** Global Privacy Control: a no to the sale and sharing of data. The shop may choose to limit their use instead. */
    gpc: () => (gpc === "deny" && isGpcOn() ? DENIED : undefined),

    /** IAB TCF v2.2. Meta is a provider of Google's additional consent rather than a vendor of the IAB. */
    tcf() {
      if (typeof page["__tcfapi"] !== "function") return;
      if (!isListening) {
        isListening = true;
        page["__tcfapi"]("addEventListener", 2, (data: typeof tcData, isSound: boolean) => {
          tcData = isSound ? data : undefined;
          check();
        });
      }
      // Throws where there is no list.
      const has = (list: object, id: string) => Reflect.get(list, id) === true;
      const holds = () => {
        const { purpose, vendor, addtlConsent } = tcData!;
        return (
          tcfPurposes.split(",").every((id) => has(purpose.consents, id)) &&
          (!+tcfVendor || has(vendor.consents, tcfVendor)) &&
          // version~ids, or version~ids~dv.ids of those who were only disclosed
          (!+tcfProvider || !addtlConsent || addtlConsent.split("~")[1].split(".").includes(tcfProvider))
        );
      };
      if (!/^(tcloaded|useractioncomplete)$/.test(tcData?.["eventStatus"])) return UNKNOWN;
      return tcData?.["gdprApplies"] === false ? GRANTED : (attempt(() => (holds() ? GRANTED : DENIED)) ?? UNKNOWN);
    },

    /** Google Consent Mode: commands in the data layer. A default for some region may be ours, so the strictest holds. */
    "consent-mode"() {
      for (const entry of page["dataLayer"] ?? []) {
        attempt(() => {
          if (seen.has(entry)) return;
          seen.add(entry);
          const [command, action, said] = Array.from(entry as ArrayLike<any>);
          if (command !== "consent") return;
          const told = types[action]!;
          for (const type of ["ad_storage", "ad_user_data"]) if (said[type] && (action === "update" || told[type] !== "denied")) told[type] = said[type];
        });
      }
      const said = Object.values({ ...types["default"], ...types["update"] });
      return said.includes("denied") ? DENIED : said.length ? GRANTED : undefined;
    },

    /** Shopify Customer Privacy. */
    shopify() {
      const privacy = page["Shopify"]?.customerPrivacy;
      return privacy && (privacy.marketingAllowed() && privacy.saleOfDataAllowed() ? GRANTED : DENIED);
    },

    /** WP Consent API. */
    wp: () => page["wp_has_consent"] && (page["wp_has_consent"]("marketing") ? GRANTED : DENIED),
  } satisfies Record<string, () => number | undefined>;
}
