/**
 * Meta's two cookies as the browser holds them: what stands in them, where they lie and how long.
 */

import { checkCookie } from "../../build/rules.mjs";
import { finding } from "../findings.mjs";
import { grouped, hits, pageName } from "./seen.mjs";

/** A time below this is in seconds: as milliseconds it would be in 1973. */
const LEAST_MS = 100_000_000_000;
/** Meta's own live 90 days; what ends before a month does not outlive the time in which an ad is credited. */
const LEAST_LIFE_S = 28 * 24 * 60 * 60;

/** @typedef {import("../visit.mjs").Cookie} Cookie */

/** @type {import("./seen.mjs").Rule} */
export function forms({ accept }) {
  /** @type {Record<"cookie-httponly" | "cookie-encoded" | "cookie-malformed" | "cookie-seconds" | "cookie-index" | "cookie-short" | "cookie-twice", string[]>} */
  const found = { "cookie-httponly": [], "cookie-encoded": [], "cookie-malformed": [], "cookie-seconds": [], "cookie-index": [], "cookie-short": [], "cookie-twice": [] };
  for (const [place, { url, cookies }] of accept.pages.entries()) {
    const { hostname } = new URL(url);
    for (const cookie of cookies) {
      const domain = cookie.domain.replace(/^\./, "");
      const where = `${cookie.name} at ${domain}`;
      const rule = checkCookie(cookie.name === "_fbp" ? "_fbp" : "_fbc", cookie.value, hostname);
      if (cookie.httpOnly) found["cookie-httponly"].push(where);
      if (/%[0-9a-f]{2}/i.test(cookie.value)) found["cookie-encoded"].push(where);
      else if (!rule.isValid) found["cookie-malformed"].push(where);
      else {
        if (Number(cookie.value.split(".")[2]) < LEAST_MS) found["cookie-seconds"].push(where);
        if (rule.domain !== domain) found["cookie-index"].push(`${where}, its index says ${rule.domain || "another one"}`);
      }
      if (cookie.expires_s === null || cookie.expires_s < LEAST_LIFE_S) found["cookie-short"].push(`${where}: ${cookie.expires_s === null ? "until the browser is closed" : `${Math.round(cookie.expires_s / 86_400)} days`}`);
    }
    for (const same of grouped(cookies, ({ name }) => name)) if (same.length > 1) found["cookie-twice"].push(`${same.map(({ name, domain }) => `${name} at ${domain}`).join(", ")} on ${pageName(accept, place)}`);
  }
  return Object.entries(found).flatMap(([id, evidence]) => (evidence.length > 0 ? [finding(/** @type {keyof typeof found} */ (id), evidence)] : []));
}

/** The value of a cookie on each page. @param {import("./seen.mjs").Visit} visit @param {string} name */
const values = (visit, name) => visit.pages.map(({ cookies }) => cookies.find((cookie) => cookie.name === name)?.value);

/** @type {import("./seen.mjs").Rule} */
export function presence({ accept }) {
  if (hits(accept).length === 0) return [];
  const found = [];
  if (values(accept, "_fbp").every((value) => value === undefined)) found.push(finding("fbp-missing", [`${accept.pages.length} pages, no _fbp`]));
  const fbc = values(accept, "_fbc").filter((value) => value !== undefined);
  if (fbc.length === 0) found.push(finding("fbc-missing", [`came with ?fbclid=…, left without _fbc`]));
  else {
    const parts = fbc.map((value) => decodeURIComponent(value).split("."));
    // What else the form of a cookie can have wrong is told of the form.
    if (parts.every(([fb, , , payload]) => fb === "fb" && payload !== undefined && payload !== accept.click_id)) found.push(finding("fbc-wrong", ["the payload of _fbc is not the fbclid of the address"]));
    const times = new Set(parts.filter(([, , , payload]) => payload === accept.click_id).map(([, , time]) => time));
    if (times.size > 1) found.push(finding("fbc-redated", [`${times.size} times on ${fbc.length} pages for one click`]));
  }
  return found;
}
