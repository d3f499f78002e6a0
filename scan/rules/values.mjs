/**
 * What an event says was bought: each Pixel and server event is taken through the rules of the core.
 */

import { checkEvent } from "../../build/rules.mjs";
import { finding } from "../findings.mjs";
import { eventName, hits } from "./seen.mjs";

/** What the core's notices mean here. @type {Record<string, import("../findings.mjs").FindingId>} */
const MEANS = {
  currency_missing: "purchase-without-currency",
  value_missing: "purchase-without-value",
  value_without_currency: "value-without-currency",
  currency_invalid: "currency-invalid",
  number_invalid: "number-invalid",
  custom_data_invalid: "parameter-invalid",
  content_id_missing: "parameter-invalid",
  content_key_unknown: "parameter-invalid",
};

/** @type {import("./seen.mjs").Rule} */
export function parameters({ accept }) {
  /** @type {Map<import("../findings.mjs").FindingId, string[]>} */
  const found = new Map();
  const add = (/** @type {import("../findings.mjs").FindingId} */ id, /** @type {string} */ evidence) => found.set(id, [...(found.get(id) ?? []), evidence]);
  for (const event of accept.events.filter(({ isAutomatic }) => !isAutomatic)) {
    const where = eventName(accept, event);
    const notices = checkEvent(event.event_name, event.parameters);
    // What is there but can't be used is not missing, too.
    const isThere = (/** @type {string} */ code) => notices.some((notice) => notice.code === code);
    for (const { code, field } of notices) {
      const id = MEANS[code];
      if (!id || (/^(currency_missing|value_without_currency)$/.test(code) && isThere("currency_invalid")) || (code === "value_missing" && isThere("number_invalid"))) continue;
      add(id, field === "currency" || field === "value" ? where : `${field} of ${where}`);
    }
    const { value, content_ids, contents } = event.parameters;
    // The core tells of the currency first; the value may lack as well.
    if (event.event_name === "Purchase" && isThere("currency_missing") && (value === undefined || value === null || value === "")) add("purchase-without-value", where);
    if (event.event_name === "Purchase" && Number(value) === 0 && value !== undefined && value !== null && value !== "") add("purchase-zero", where);
    if (/^(ViewContent|AddToCart|Purchase)$/.test(event.event_name) && content_ids === undefined && contents === undefined && hits(accept).includes(event)) add("contents-missing", where);
  }
  return [...found].map(([id, evidence]) => finding(id, evidence));
}
