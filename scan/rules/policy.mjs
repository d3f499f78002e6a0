/**
 * What the page's Content-Security-Policy keeps from working, and what breaks where the Pixel is blocked.
 */

import { isHit, isLibrary } from "../events.mjs";
import { finding } from "../findings.mjs";
import { pageName, place } from "./seen.mjs";

/** What an address for server events looks like. */
const ENDPOINT = /capi|conversion|\/twin\/|\/events?\b|sgtm|gateway/i;

/** @type {import("./seen.mjs").Rule} */
export function blocked({ accept }) {
  const found = [];
  const of = (/** @type {(request: import("../wire.mjs").WireRequest) => boolean} */ is) => accept.requests.filter((request) => request.failure === "csp" && is(request));
  const libraries = of(isLibrary);
  if (libraries.length > 0) found.push(finding("csp-library", libraries.map(({ visit_page }) => pageName(accept, visit_page))));
  const lost = of(isHit);
  if (lost.length > 0) found.push(finding("csp-hit", lost.map(({ visit_page }) => pageName(accept, visit_page))));
  // Nothing of it reaches the wire, so its address has to do.
  const refused = accept.violations.filter(({ directive, blocked }) => directive === "connect-src" && ENDPOINT.test(blocked));
  if (refused.length > 0) found.push(finding("csp-endpoint", refused.map(({ blocked }) => place(blocked))));
  const wasm = accept.violations.filter(({ kind }) => kind === "kWasmEvalViolation");
  if (wasm.length > 0) found.push(finding("csp-wasm", wasm.map(({ visit_page }) => pageName(accept, visit_page))));
  const framed = accept.pages.map((page, place) => ({ ...page, place })).filter(({ hasFbq, policy, policy_header }) => hasFbq && [policy, policy_header].some(forbidsFrame));
  if (framed.length > 0 && lost.length === 0 && libraries.length === 0) found.push(finding("csp-frame", framed.map(({ place }) => pageName(accept, place))));
  return found;
}

/** Whether one of these policies lets no frame of Meta's in. @param {string} policies */
function forbidsFrame(policies) {
  return policies.split(",").some((policy) => {
    const directives = new Map(policy.split(";").map((directive) => directive.trim().split(/\s+/)).map(([name = "", ...sources]) => [name.toLowerCase(), sources]));
    const sources = directives.get("frame-src") ?? directives.get("child-src") ?? directives.get("default-src");
    return sources !== undefined && !sources.some((source) => source === "*" || source === "https:" || /(^|\/|\*\.|www\.)facebook\.com\/?$/.test(source));
  });
}

/** @type {import("./seen.mjs").Rule} */
export function breaks({ blocked }) {
  const errors = blocked?.messages.filter(({ text }) => /fbq is not (defined|a function)|(reading|property) '?fbq|fbq\.\w+ is not a function/.test(text)) ?? [];
  return blocked && errors.length > 0 ? [finding("page-breaks", errors.map(({ text, visit_page }) => `${text.split("\n")[0]} on ${pageName(blocked, visit_page)}`))] : [];
}
