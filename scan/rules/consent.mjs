/**
 * What happens before the visitor has answered the banner, and after a no.
 */

import { isHit, isLibrary } from "../events.mjs";
import { finding } from "../findings.mjs";
import { eventName, place } from "./seen.mjs";

/** @type {import("./seen.mjs").Rule} */
export function before({ accept }) {
  if (!accept.banner) return [finding("no-banner", [place(accept.pages[0]?.url ?? "")])];
  const found = [];
  const early = accept.events.filter(({ request }) => request.consent === "before");
  if (early.length > 0) found.push(finding("event-before-consent", early.map((event) => eventName(accept, event))));
  const cookies = accept.pages[0]?.cookies_before ?? [];
  if (cookies.length > 0) found.push(finding("cookie-before-consent", cookies.map(({ name }) => name)));
  const libraries = accept.requests.filter((request) => isLibrary(request) && request.consent === "before");
  if (libraries.length > 0 && !accept.requests.some((request) => isHit(request) && request.consent === "before")) found.push(finding("library-before-consent", libraries.map(({ url }) => place(url))));
  return found;
}

/** @type {import("./seen.mjs").Rule} */
export function after({ accept, reject }) {
  if (accept.banner && !accept.banner.canReject) return [finding("no-reject-button", [accept.banner.platform || "a banner that is no known platform's"])];
  const late = reject?.events.filter(({ request }) => request.consent === "rejected") ?? [];
  return reject && late.length > 0 ? [finding("event-after-reject", late.map((event) => eventName(reject, event)))] : [];
}
