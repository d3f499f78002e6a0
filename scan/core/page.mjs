/**
 * A page that exists only in memory, behind the doors that the module has to a real one (`js/storage.ts`, `js/pixel.ts` and so on):
 * webpack puts this file in their place. What the module decides is written down instead of done.
 */

import names from "../../build/js/names.js";

/** What the module finds, and what it did. */
export const page = {
  cookies: "",
  host: "",
  /** Numbers of notices, each with its place. @type {[code: number, field: string][]} */
  notices: [],
  /** Cookies as the module would set them again. @type {string[]} */
  renewed: [],
  /** What it would have called at the Pixel. @type {string[]} */
  fired: [],
};

/** @param {string} cookies @param {string} host */
export function open(cookies, host) {
  Object.assign(page, { cookies, host, notices: [], renewed: [], fired: [] });
}

export const location = {
  get hostname() {
    return page.host;
  },
};
export const navigator = { userAgent: "Mozilla/5.0" };

// js/storage.ts
export const cookies = () => page.cookies;
export const setCookie = (/** @type {string} */ cookie) => (page.cookies += `; ${cookie.split(";")[0]}`);
export const get = () => "";
export const set = () => undefined;
export const expire = () => undefined;
export const renew = (/** @type {string} */ cookie) => void page.renewed.push(cookie);

// js/outbox.ts, js/pixel.ts
export const keep = () => undefined;
export const fire = (/** @type {string} */ call) => void page.fired.push(call);

// js/notices.ts, js/lookup.ts
export const report = (/** @type {number} */ code, /** @type {string} */ field) => void page.notices.push([code, field]);
export const look = () => undefined;
export const list = (/** @type {string} */ field) => /** @type {Record<string, string>} */ (names)[field] ?? "";
