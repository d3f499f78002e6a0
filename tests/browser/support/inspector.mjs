/**
 * The inspector as a test sees it: its panel, in a shadow root of its own.
 */

import { until } from "./until.mjs";

/** @typedef {import("./world.mjs").Visit} Visit */
/** One line of the panel. @typedef {{ name: string, id: string, pixel: string, server: string, tone: string }} Row */

/** The panel's tag. */
export const HOST = "pixel-twin-inspector";

/** Runs in the page with the panel's root; `undefined` where there is no panel. @template Answer @param {Visit} visit @param {(root: ShadowRoot, ...args: any[]) => Answer} code @param {...unknown} args @returns {Promise<Answer | undefined>} */
export const inside = (visit, code, ...args) =>
  /** @type {Promise<any>} */ (visit.page.evaluate(`(() => { const root = document.querySelector("${HOST}")?.shadowRoot; return root ? (${code})(root, ...${JSON.stringify(args)}) : undefined; })()`));

/** Waits until the panel is there. @param {Visit} visit */
export const panel = (visit) => until("the inspector", () => inside(visit, (root) => root.querySelector(".inspector") !== null), () => [visit.errors, visit.warnings]);

/** Opens it by hand. @param {Visit} visit */
export async function openInspector(visit) {
  await visit.page.evaluate(() => void (/** @type {any} */ (window).twin("inspect")));
  await panel(visit);
}

/** The lines, newest first. @param {Visit} visit @returns {Promise<Row[]>} */
export const rows = async (visit) => (await inside(visit, (root) => [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".rows > li"))].map(({ dataset }) => ({ ...dataset })))) ?? /** @type {any} */ ([]);

/** Waits until the newest line of an event says that of both sides. @param {Visit} visit @param {string} id @param {string | RegExp} pixel @param {string | RegExp} server @returns {Promise<Row>} */
export const row = (visit, id, pixel, server) => {
  const is = (/** @type {string} */ word, /** @type {string | RegExp} */ wanted) => (typeof wanted === "string" ? word === wanted : wanted.test(word));
  return until(`${id}: ${pixel} | ${server}`, async () => (await rows(visit)).find((one) => one.id === id && is(one.pixel, pixel) && is(one.server, server)), () => rows(visit));
};

/** What opens below an event's line, as text. @param {Visit} visit @param {string} id */
export const detail = (visit, id) =>
  until(`what is below ${id}`, () =>
    inside(visit, (root, id) => {
      const details = /** @type {HTMLDetailsElement | null} */ (root.querySelector(`[data-id="${id}"] details`));
      if (details) details.open = true;
      return /** @type {HTMLElement | null | undefined} */ (details?.querySelector(".detail"))?.innerText;
    }, id));

/** Opens a tab of the panel and gives its text. @param {Visit} visit @param {"events" | "warnings" | "this-page"} tab @returns {Promise<string>} */
export const tab = async (visit, tab) =>
  (await inside(visit, (root, tab) => {
    /** @type {HTMLElement} */ (root.querySelector(`#tab-${tab}`)).click();
    return /** @type {HTMLElement} */ (root.querySelector(`#page-${tab}`)).innerText;
  }, tab)) ?? "";

/** The report that "Copy report" gives. @param {Visit} visit @returns {Promise<string>} */
export async function report(visit) {
  await visit.page.evaluate(() => {
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: async (/** @type {string} */ text) => void (/** @type {any} */ (window).copied = text) } });
  });
  await inside(visit, (root) => /** @type {HTMLElement} */ (root.querySelector('[aria-label^="Copy"]')).click());
  return until("the report", () => visit.page.evaluate(() => /** @type {any} */ (window).copied));
}
