/**
 * The match quality, estimated by the core's rule from the customer fields that arrive.
 */

import { estimate } from "../../build/rules.mjs";
import { finding } from "../findings.mjs";
import { CONVERSIONS, grouped, isRaw } from "./seen.mjs";

/** Below this, more identity fields are worth their work. */
const LOW = 6;

/** Meta has these of any event from a browser. */
const ALWAYS = ["client_ip_address", "client_user_agent"];

/**
 * By event: what arrives with its two sides together.
 * @param {import("./seen.mjs").Seen} seen
 * @returns {{ event_name: string, score: number, fields: string[], missing: string[] }[]}
 */
export const qualities = ({ accept }) =>
  grouped(accept.events.filter(({ isAutomatic, event_name }) => !isAutomatic && event_name), ({ event_name }) => event_name).map((events) => {
    const fields = [...new Set([...events.flatMap((event) => Object.keys(event.user).filter((key) => event.user[key] && !isRaw(event, key))), ...ALWAYS])];
    return { event_name: events[0]?.event_name ?? "", fields, ...estimate(fields) };
  });

/** @type {import("./seen.mjs").Rule} */
export function quality(seen) {
  const low = qualities(seen).filter(({ score }) => score < LOW);
  const isConversion = low.some(({ event_name }) => CONVERSIONS.includes(event_name));
  const evidence = low.map(({ event_name, score, missing }) => `${event_name}: about ${score} of 10; add ${missing.slice(0, 3).join(", ")}`);
  return low.length > 0 ? [finding("match-quality-low", evidence, isConversion ? "warning" : "info")] : [];
}
