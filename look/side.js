// The signs of the two sides that an event comes from.

import { draw } from "./element.js";

/** @typedef {"browser" | "server"} Side */

const ICONS = {
  browser: ["M1.5 3.5h13v9h-13z", "M1.5 6.5h13", "M3.5 5h1"],
  server: ["M2.5 2.5h11v4.5h-11z", "M2.5 9h11v4.5h-11z", "M5 4.8h1", "M5 11.2h1"],
};

/** @param {Side} side */
export const icon = (side) => draw("svg.icon", { viewBox: "0 0 16 16", "aria-hidden": "true" }, ...ICONS[side].map((d) => draw("path", { d })));
