/**
 * From what was seen to the report: every rule in turn, the worst first, and a score.
 */

import * as consent from "./rules/consent.mjs";
import * as cookies from "./rules/cookies.mjs";
import * as ids from "./rules/ids.mjs";
import * as pixel from "./rules/pixel.mjs";
import * as policy from "./rules/policy.mjs";
import * as privacy from "./rules/privacy.mjs";
import { qualities, quality } from "./rules/quality.mjs";
import { hits, pageName, posts, read } from "./rules/seen.mjs";
import * as twins from "./rules/twins.mjs";
import * as values from "./rules/values.mjs";
import { way } from "./rules/way.mjs";

/** @type {import("./rules/seen.mjs").Rule[]} */
const RULES = [consent, cookies, ids, pixel, policy, privacy, twins, values].flatMap((family) => Object.values(family)).concat(quality, way);

const ORDER = ["error", "warning", "info"];

/** What is left of 100 after each: many faults never make it 0, one more always makes it less. */
const KEEPS = { error: 0.8, warning: 0.94, info: 1 };

/**
 * @typedef {object} Judgement
 * @property {number} score 0 to 100
 * @property {import("./findings.mjs").Finding[]} findings the worst first
 * @property {string[]} pixel_ids
 * @property {{ kind: string, url: string, pixel: string[], server: string[] }[]} pages of the visit that accepts, with the events of each
 * @property {ReturnType<typeof qualities>} qualities
 * @property {boolean} hasServer server events were seen
 * @property {boolean} hasShopPay
 */

/** @param {import("./visit.mjs").VisitSeen[]} visits @returns {Judgement} */
export function judge(visits) {
  const seen = read(visits);
  const findings = RULES.flatMap((rule) => rule(seen)).sort((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity));
  const { accept } = seen;
  return {
    score: Math.round(findings.reduce((score, { severity }) => score * KEEPS[severity], 100)),
    findings,
    pixel_ids: [...new Set(hits(accept).map(({ pixel_id }) => pixel_id))],
    pages: accept.pages.map(({ kind }, place) => {
      const of = (/** @type {import("./events.mjs").SeenEvent[]} */ events) => events.filter(({ visit_page }) => visit_page === place).map(({ event_name }) => event_name);
      return { kind, url: pageName(accept, place).replace(/^.*, /, ""), pixel: of(hits(accept)), server: of(posts(accept)) };
    }),
    qualities: qualities(seen),
    hasServer: posts(accept).length > 0,
    hasShopPay: accept.pages.some(({ senders }) => senders.includes("Shopify")),
  };
}
