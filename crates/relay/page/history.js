// The last 24 hours: their sums, and their charts.

import uPlot from "uplot";
import { make } from "../../../look/element.js";
import { span } from "../../../look/time.js";

/**
 * @typedef {{ start_ms: number, accepted: number, refused: number, dead: number, failed: number, delivered: number, with_pixel: number, quality_tenths: number, delivery_ms: number, fields: Record<string, number> }} Slot
 * @typedef {{ title: string, tone: string, of: (slot: Slot) => number | null, most?: number }} Chart
 */

const SLOT_MS = 300_000;
const DAY_MS = 86_400_000;

/** @param {Slot[]} slots @param {(slot: Slot) => number} of */
export const sum = (slots, of) => slots.reduce((total, slot) => total + of(slot), 0);

/** @param {number} part @param {number} whole */
export const percent = (part, whole) => (whole ? `${Math.round((100 * part) / whole)} %` : "–");

/** What the large numbers say. @param {Slot[]} slots */
export function counters(slots) {
  const delivered = sum(slots, (slot) => slot.delivered);
  const took_ms = sum(slots, (slot) => slot.delivery_ms);
  return {
    delivered: ["Delivered to Meta", String(delivered), "server"],
    twins: ["With their Pixel twin", percent(sum(slots, (slot) => slot.with_pixel), delivered), "ok"],
    took: ["From kept to delivered", delivered ? span(Math.round(took_ms / delivered)) : "–", ""],
    refused: ["Refused posts", String(sum(slots, (slot) => slot.refused)), "warn"],
  };
}

/** Counts are bars; shares and scores, which have a most, are points. @type {Chart[]} */
const CHARTS = [
  { title: "Delivered", tone: "server", of: (slot) => slot.delivered },
  { title: "With their Pixel twin", tone: "ok", of: (slot) => (slot.delivered ? (100 * slot.with_pixel) / slot.delivered : null), most: 100 },
  { title: "Match quality, estimate", tone: "browser", of: (slot) => (slot.delivered ? slot.quality_tenths / slot.delivered / 10 : null), most: 10 },
  { title: "Failed requests and dead letters", tone: "bad", of: (slot) => slot.failed + slot.dead },
];

/** One value for each five minutes of the last day, also where nothing happened. @param {Slot[]} slots @param {Chart} chart @returns {[number[], (number | null)[]]} */
function series(slots, chart) {
  const known = new Map(slots.map((slot) => [slot.start_ms, slot]));
  const last_ms = slots.at(-1)?.start_ms ?? Math.floor(Date.now() / SLOT_MS) * SLOT_MS;
  const times = Array.from({ length: DAY_MS / SLOT_MS }, (_, place) => last_ms - DAY_MS + (place + 1) * SLOT_MS);
  const idle = chart.most ? null : 0;
  return [times.map((ms) => ms / 1000), times.map((ms) => (known.has(ms) ? chart.of(/** @type {Slot} */ (known.get(ms))) : idle))];
}

/** The charts, each drawn anew when its width or the colors change. */
export class Charts {
  /** @type {{ chart: Chart, box: HTMLElement, plot?: uPlot }[]} */
  #drawn = [];
  /** @type {Slot[]} */
  #slots = [];

  /** @param {HTMLElement} into */
  constructor(into) {
    for (const chart of CHARTS) {
      const box = make(`div.chart.${chart.tone}`);
      into.append(make("figure.panel", {}, make("figcaption", {}, chart.title), box));
      this.#drawn.push({ chart, box });
    }
    new ResizeObserver(() => this.#draw()).observe(into);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  /** @param {Slot[]} slots */
  show(slots) {
    this.#slots = slots;
    for (const { chart, plot } of this.#drawn) plot?.setData(series(slots, chart));
  }

  #draw() {
    for (const one of this.#drawn) {
      const style = getComputedStyle(one.box);
      const color = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
      const axis = { stroke: color("--muted"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false } };
      one.plot?.destroy();
      one.plot = new uPlot(
        {
          width: Math.max(200, one.box.clientWidth),
          height: 120,
          legend: { show: false },
          cursor: { show: false },
          padding: [8, 8, 0, 0],
          scales: { y: { range: (_, __, most) => [0, one.chart.most ?? Math.max(4, most * 1.1)] } },
          axes: [{ ...axis, size: 24, space: 70, values: (_, times) => times.map((time) => new Date(time * 1000).toTimeString().slice(0, 5)) }, { ...axis, size: 36, space: 30, incrs: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 1_000_000] }],
          series: [{}, { stroke: color("--tone"), fill: color("--tone"), width: 1, points: { show: one.chart.most !== undefined, size: 4, fill: color("--tone") }, paths: one.chart.most ? undefined : uPlot.paths.bars?.({ size: [0.8, 12, 2] }) }],
        },
        series(this.#slots, one.chart),
        one.box,
      );
    }
  }
}
