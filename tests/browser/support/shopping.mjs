/**
 * A customer, and what they do in the shop.
 */

import { createHash } from "node:crypto";

/** As typed: with the capitals and spaces that people type. */
export const CUSTOMER = {
  email: " Maria.Schmidt@Example.com ",
  phone: "+49 (0) 221 555 0199",
  first_name: "María",
  last_name: "Schmidt-Löwe",
  address: "Domkloster 4",
  city: "Köln",
  postal_code: "50667",
  customer_number: "SK-0815",
};

/** What must appear in no request, cookie or storage: each value as typed, and normalized. */
export const RAW = ["maria.schmidt", "schmidt@", "schmidt%40", "221 555 0199", "2215550199", "María", "maría", "Mar%C3%ADa", "Schmidt-L", "schmidtl", "Domkloster", "SK-0815", "sk-0815"];

/** @param {string} text */
export const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/** Puts a teapot into the cart. @param {import("./world.mjs").Visit} visit */
export async function fillCart({ page }) {
  await page.click(".buy .button");
  await page.waitForFunction(() => /** @type {HTMLElement} */ (document.querySelector("[data-cart-count]")).innerText === "1");
}

/** A customer in a hurry leaves each page at once; another one waits for something first. @typedef {() => Promise<unknown>} Stay */
const hurry = async () => {};

/**
 * From the first page to the thank-you page; gives the order's number.
 * @param {import("./world.mjs").Visit} visit @param {string} [query] of the first page @param {Stay} [stay]
 */
export async function buy(visit, query = "", stay = hurry) {
  await visit.open(`/product/teapot${query}`);
  await fillCart(visit);
  return checkOut(visit, stay);
}

/** With a filled cart to the thank-you page; gives the order's number. @param {import("./world.mjs").Visit} visit @param {Stay} [stay] */
export async function checkOut(visit, stay = hurry) {
  const { page } = visit;
  await stay();
  await Promise.all([page.waitForNavigation(), page.click('a[href^="/cart"]')]);
  await stay();
  await Promise.all([page.waitForNavigation(), page.click('a[href^="/checkout"]')]);
  await visit.ready();
  for (const [name, value] of Object.entries(CUSTOMER)) await page.type(`form.checkout [name=${name}]`, value);
  await page.select("form.checkout [name=country]", "DE");
  await stay();
  await Promise.all([page.waitForNavigation(), page.click("form.checkout .button")]);
  await visit.ready();
  return orderNumber(page.url());
}

/** @param {string} url of a thank-you page */
const orderNumber = (url) => /\/thank-you\/(\d+)/.exec(url)?.[1] ?? "";
