/**
 * Personal data where it must not be. What was found is named, never repeated.
 */

import { checkEvent, discreet } from "../../build/rules.mjs";
import { finding } from "../findings.mjs";
import { eventName, isRaw, place } from "./seen.mjs";

/** @type {import("./seen.mjs").Rule} */
export function personal({ accept }) {
  const found = [];
  const addresses = accept.events.flatMap((event) => [event.event_source_url, event.referrer_url].filter((url) => url && discreet(url)).map((url) => `${event.event_name} tells Meta of ${place(url)} with its query`));
  if (addresses.length > 0) found.push(finding("url-personal", addresses));
  const parameters = accept.events.flatMap((event) => checkEvent(event.event_name, event.parameters).filter(({ code }) => code === "personal_data").map(({ field }) => `${field} of ${eventName(accept, event)}`));
  if (parameters.length > 0) found.push(finding("parameter-personal", parameters));
  const raw = accept.events.flatMap((event) => Object.keys(event.user).filter((key) => isRaw(event, key)).map((key) => `${key} of ${eventName(accept, event)}`));
  if (raw.length > 0) found.push(finding("raw-user-data", raw));
  return found;
}
