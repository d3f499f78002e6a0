// Match quality: the estimate of each field's share of the last day's events, and Meta's own figures beside it.

import { make } from "../../../look/element.js";
import { percent, sum } from "./history.js";

/** @typedef {import("./history.js").Slot} Slot */
/** @typedef {{ event_name: string, score: number | null, coverage: Record<string, number> }} Figures */
/** @typedef {{ pixel_id: string, events?: Figures[], problem?: string }} Meta */

/** @param {string[]} fields that count, those that add the most first @param {Slot[]} slots @param {Meta[]} meta */
export function quality(fields, slots, meta) {
  const delivered = sum(slots, (slot) => slot.delivered);
  if (!delivered) return [make("p.muted", {}, "No event was delivered in the last 24 hours.")];
  const score = sum(slots, (slot) => slot.quality_tenths) / delivered / 10;
  const bars = fields.map((field) => {
    const having = sum(slots, (slot) => slot.fields[field] ?? 0);
    return make("li", {}, make("code", {}, field), make("meter", { min: 0, max: delivered, value: having, "aria-label": field }), make("span", {}, percent(having, delivered)));
  });
  return [
    make("p", {}, make("strong.score", {}, score.toFixed(1)), " of 10 on average, worked out here from the fields that the events carry."),
    make("ol.coverage", {}, ...bars),
    make("h3", {}, "Meta’s own figures"),
    ...meta.map(({ pixel_id, events = [], problem }) =>
      make(
        "div",
        { "data-pixel": pixel_id },
        make("p.muted", {}, `Pixel ${pixel_id}${problem ? `: ${problem}.` : events.length ? "" : ": Meta has no figures yet."}`),
        make("ol", {}, ...events.map(({ event_name, score }) => make("li", {}, `${event_name}: `, make("strong", {}, score === null ? "too few events" : `${score} of 10`)))),
      ),
    ),
  ];
}
