// The lists: latest events, Meta's errors, dead letters.

import { make } from "../../../look/element.js";
import { pill } from "../../../look/pill.js";
import { ago } from "../../../look/time.js";

/**
 * @typedef {{ event_name: string, event_id: string, last_ms: number, sources: string[], fate: "waiting" | "delivered" | "dead", reason: string, has_pixel: boolean, quality_tenths: number, fields: string }} Event
 * @typedef {{ pixel_id: string, codes: string, meaning: string, events: number, times: number, last_ms: number }} Problem
 * @typedef {{ id: number, pixel_id: string, event_name: string, event_id: string, state: string, reason: string, settled_ms: number }} Letter
 */

const FATES = /** @type {const} */ ({ waiting: ["plain", "on its way"], delivered: ["ok", "delivered"], dead: ["bad", "dead letter"] });

/** @param {Event} event */
export function eventRow({ event_name, event_id, last_ms, sources, fate, reason, has_pixel, quality_tenths, fields }) {
  const [tone, word] = FATES[fate];
  const isFromPage = has_pixel || sources.includes("browser");
  return make(
    "li.panel",
    { "data-event-id": event_id, "data-fate": fate },
    make("div.line", {}, make("strong", {}, event_name), make("code.id", {}, event_id), ago(last_ms)),
    make(
      "div.pills",
      {},
      pill(tone, word),
      pill("browser", isFromPage ? "Pixel twin" : "no Pixel twin", isFromPage ? "✓" : "–"),
      pill("server", sources.join(" + ") || "from before the start", ""),
      quality_tenths ? pill("plain", `match ${(quality_tenths / 10).toFixed(1)}`) : null,
    ),
    fields ? make("p.fields.muted", {}, fields) : null,
    reason ? make("p.hint", {}, reason) : null,
  );
}

/** @param {Problem} problem */
export const problemRow = ({ pixel_id, codes, meaning, events, times, last_ms }) =>
  make("li", {}, make("p", {}, make("strong", {}, meaning)), make("p.muted", {}, `${codes} · pixel ${pixel_id} · ${events} ${events === 1 ? "event" : "events"} · ${times === 1 ? "once" : `${times} times`} · `, ago(last_ms)));

/** @param {Letter} letter @param {(id: number) => void} retry */
export function letterRow({ id, event_name, event_id, state, reason, settled_ms }, retry) {
  const button = make("button", { type: "button", "aria-label": `Retry ${event_name} ${event_id}` }, "Retry");
  button.addEventListener("click", () => retry(id));
  return make("li", { "data-letter": id }, make("div.line", {}, make("strong", {}, event_name), make("code.id", {}, event_id), pill(state === "expired" ? "warn" : "bad", state), ago(settled_ms)), make("p.hint", {}, reason), state === "rejected" ? button : null);
}
