/**
 * The signals of consent that a page can have of its own, for `consent: "auto"`. `docs/consent.md` says what each means.
 *
 * They are asked at each event and every few hundred ms: consent platforms come late, and visitors change their mind.
 */

import type { Settings } from "../settings.js";
import type { ConsentSource, Diagnosis } from "../types.js";

type State = Diagnosis["consent"];
/** From the loosest to the strictest: of several signals the last in this order holds. */
const STATES: readonly unknown[] = ["granted", "unknown", "denied"];
/** How often the signals are asked, in ms. */
const EVERY_MS = 300;

/** What other scripts leave on the page. */
const page = globalThis as Record<string, any>;

/** What a call gives, or `otherwise` if it throws: none of the page's scripts has to be sound. */
function attempt<Result>(call: () => Result, otherwise: Result): Result {
  try {
    return call();
  } catch {
    return otherwise;
  }
}

/**
 * Follows the signals.
 * @param say called with what holds now and who says so, whenever they were asked
 * @returns asks them
 */
export default function follow(settings: Settings, say: (state: State, source: ConsentSource) => void): () => void {
  const readers = Object.entries(signals(settings, () => ask())) as [ConsentSource, () => State | undefined][];
  const ask = () => {
    let strictest: [place: number, State, ConsentSource] = [-1, "unknown", "none"];
    for (const [name, read] of readers) {
      // One that is there and can't answer is no yes.
      const says = attempt(read, "unknown");
      const place = STATES.indexOf(says);
      if (says && place > strictest[0]) strictest = [place, says, name];
    }
    say(strictest[1], strictest[2]);
  };
  setInterval(() => attempt(ask, undefined), EVERY_MS);
  return ask;
}

/** What each says; nothing where the page does not have it. `news`: called when one has changed that says so itself. */
function signals({ gpc, tcfPurposes, tcfVendor, tcfProvider }: Settings, news: () => void) {
  let isListening = false;
  let tcData: Record<string, any> | undefined;
  const seen = new WeakSet<object>();
  const types: Record<string, Record<string, string>> = { default: {}, update: {} };

  return {
    /** Global Privacy Control: a no to the sale and sharing of data. The shop may choose to limit their use instead. */
    gpc: () => (gpc === "deny" && page["navigator"].globalPrivacyControl === true ? "denied" : undefined),

    /** IAB TCF v2.2. Meta is a provider of Google's additional consent rather than a vendor of the IAB. */
    tcf() {
      if (typeof page["__tcfapi"] !== "function") return;
      if (!isListening) {
        isListening = true;
        page["__tcfapi"]("addEventListener", 2, (data: typeof tcData, isSound: boolean) => {
          tcData = isSound ? data : undefined;
          news();
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
      if (!/^(tcloaded|useractioncomplete)$/.test(tcData?.["eventStatus"])) return "unknown";
      return tcData?.["gdprApplies"] === false ? "granted" : attempt<State>(() => (holds() ? "granted" : "denied"), "unknown");
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
        }, undefined);
      }
      const said = Object.values({ ...types["default"], ...types["update"] });
      return said.includes("denied") ? "denied" : said.length ? "granted" : undefined;
    },

    /** Shopify Customer Privacy. */
    shopify() {
      const privacy = page["Shopify"]?.customerPrivacy;
      return privacy && (privacy.marketingAllowed() && privacy.saleOfDataAllowed() ? "granted" : "denied");
    },

    /** WP Consent API. */
    wp: () => page["wp_has_consent"] && (page["wp_has_consent"]("marketing") ? "granted" : "denied"),
  };
}
