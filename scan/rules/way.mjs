/**
 * Whether the visits got where they were to go.
 */

import { finding } from "../findings.mjs";
import { pageName } from "./seen.mjs";

/** @type {import("./seen.mjs").Rule} */
export function way({ accept }) {
  const found = [];
  if (accept.stopped !== undefined) found.push(finding("way-stopped", [`after ${pageName(accept, accept.pages.length - 1)}: ${accept.stopped.split("\n")[0]}`]));
  const failed = accept.pages.flatMap(({ status }, place) => (status >= 400 ? [`${pageName(accept, place)}: status ${status}`] : []));
  if (failed.length > 0) found.push(finding("page-fails", failed));
  if (accept.pages.length === 1 && accept.stopped === undefined) found.push(finding("way-short", [pageName(accept, 0)]));
  return found;
}
