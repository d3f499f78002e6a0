/**
 * A scan: three visitors, one judgement. The first accepts what is asked, the second rejects it, the third has an ad blocker.
 */

import { advise, sizes } from "./advice.mjs";
import { judge } from "./judge.mjs";
import { visit } from "./visit.mjs";

/**
 * @typedef {import("./judge.mjs").Judgement & { url: string, scanned_at: string, advice: ReturnType<typeof sizes> }} Report
 */

/**
 * @param {import("puppeteer-core").Browser} browser
 * @param {import("./visit.mjs").VisitOptions} options
 * @param {Pick<import("./advice.mjs").Shop, "monthly_spend_usd" | "apple_percent">} [shop] what can't be seen from outside
 * @param {(text: string) => void} [say] told what happens next
 * @returns {Promise<Report>}
 */
export async function scan(browser, options, shop = {}, say = () => {}) {
  say("visiting as one who accepts");
  const visits = [await visit(browser, "accept", options)];
  if (visits[0]?.banner?.canReject) {
    say("visiting as one who rejects");
    visits.push(await visit(browser, "reject", options));
  }
  say("visiting with Meta's library blocked");
  visits.push(await visit(browser, "blocked", options));
  const judgement = judge(visits);
  // The best that arrives: what an event lacks is a finding of its own.
  const best = Math.max(0, ...judgement.qualities.map(({ score }) => score));
  const known = { ...shop, ...(best > 0 && { match_quality: best }), hasServer: judgement.hasServer, hasShopPay: judgement.hasShopPay };
  const { monthly_spend_usd } = known;
  const advice = monthly_spend_usd === undefined ? sizes(known) : [{ spend: `$${monthly_spend_usd} a month`, advice: advise(known) }];
  return { url: options.url, scanned_at: new Date().toISOString(), ...judgement, advice };
}
