// Times as they are read: the clock's, how long something took, how long ago it was.

import { make } from "./element.js";

/** 14:05:09.123, local time. @param {number} ms Unix time */
export function clock(ms) {
  const date = new Date(ms);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** 360 ms, 4.2 s, 3 min 20 s, 5 h 2 min, 2 d 1 h. @param {number} ms */
export function span(ms) {
  const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
  if (ms < second) return `${ms} ms`;
  if (ms < 10 * second) return `${(ms / second).toFixed(1)} s`;
  const two = (/** @type {number} */ large, /** @type {string} */ largeName, /** @type {number} */ small, /** @type {string} */ smallName) => {
    const rest = Math.floor((ms % large) / small);
    return `${Math.floor(ms / large)} ${largeName}${rest ? ` ${rest} ${smallName}` : ""}`;
  };
  if (ms < minute) return `${Math.round(ms / second)} s`;
  if (ms < hour) return two(minute, "min", second, "s");
  if (ms < day) return two(hour, "h", minute, "min");
  return two(day, "d", hour, "h");
}

/** How long ago something was, in one unit: what is read at a glance. @param {number} passed_ms */
function passed(passed_ms) {
  if (passed_ms < 5000) return "now";
  return `${span(passed_ms).replace(/(\D) .*/, "$1")} ago`;
}

/** "12 s ago", kept so by {@link refresh}; the whole time shows when pointed at. @param {number} ms Unix time */
export function ago(ms) {
  const date = new Date(ms);
  return make("time", { datetime: date.toISOString(), title: date.toLocaleString(), "data-ago": ms }, passed(Date.now() - ms));
}

/** Brings every {@link ago} below an element up to date. @param {ParentNode} root */
export function refresh(root) {
  for (const element of root.querySelectorAll("[data-ago]")) {
    const text = passed(Date.now() - Number(element.getAttribute("data-ago")));
    if (element.textContent !== text) element.textContent = text;
  }
}
