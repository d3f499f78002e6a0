/**
 * The rules of crates/core for the scan: the module that runs in shops' pages, run in Node on what was seen in one. Types:
 * `rules.d.mts`.
 */

import * as glue from "../../build/glue/pixel_twin_bg.js";
import wasm from "../../build/glue/pixel_twin_bg.wasm";
import { joined, params } from "../../build/js/call.js";
import { askModule, sources, use } from "../../build/js/page.js";
import texts from "../../build/js/texts.js";
import { open, page } from "./page.mjs";

// See `ask` in src/lib.rs.
const DISCREET = 2;
const DELIVER = 3;
const ESTIMATE = 4;

/** Ends a list of customer fields; a call has three, all empty here. */
const NO_CUSTOMERS = joined("", "", "");

const { instance } = await WebAssembly.instantiate(Buffer.from(wasm.slice(wasm.indexOf(",") + 1), "base64"), glue.imports);
glue.__wbg_set_wasm(instance.exports);
use(instance.exports[glue.memory]);

/** Sends an event down the straight line of src/track.rs, in a page with these cookies; gives what became of it. */
function deliver(name, parameters = {}, cookies = "", host = "shop.example") {
  open(cookies, host);
  askModule(DELIVER, joined("1", "", "all", "", name, "id", "", Date.now(), `https://${host}/`, "", params(parameters), "") + NO_CUSTOMERS);
  return page;
}

export function checkEvent(name, parameters) {
  return deliver(name, parameters).notices.map(([code, field]) => ({ code: texts[code][0], field }));
}

// The Pixel has another call for names of the shop's own.
export const isStandard = (name) => deliver(name).fired.some((call) => call.split("\x1f").includes("trackSingle"));

export const discreet = (url) => askModule(DISCREET, joined(url));

export function checkCookie(name, value, host) {
  const { renewed } = deliver("PageView", {}, `${name}=${value}`, host);
  const cookie = renewed.find((text) => text.startsWith(`${name}=`)) ?? "";
  return { isValid: sources.includes(`${name.slice(1)} cookie`), domain: /; Domain=\.([^;]+)/.exec(cookie)?.[1] ?? "" };
}

export function estimate(fields) {
  const [tenths, ...missing] = askModule(ESTIMATE, joined(fields.join(" "))).split(" ");
  return { score: Number(tenths) / 10, missing };
}
