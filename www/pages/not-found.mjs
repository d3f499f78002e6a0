// For addresses that lead nowhere, and for orders this server does not know.
import { html } from '../html.mjs';

/** @typedef {import('../visit.mjs').Visit} Visit */

/** @param {Visit} visit @returns {import('../layout.mjs').Page} */
export function notFoundPage(visit) {
  return nothingHere(visit, 'Nothing on this shelf', 'The page you are looking for is not here, or not any more.');
}

/** @param {Visit} visit @returns {import('../layout.mjs').Page} */
export function unknownOrderPage(visit) {
  return nothingHere(visit, 'We do not know this order', 'Orders of this demo live until the shop is started again. If you have just ordered, please check the number in the address.');
}

/** @param {Visit} visit @param {string} title @param {string} text @returns {import('../layout.mjs').Page} */
function nothingHere(visit, title, text) {
  return {
    status: 404,
    title,
    body: html`<section class="quiet">
  <img src="/assets/art/empty.svg" alt="" width="360" height="260">
  <h1>${title}</h1>
  <p>${text}</p>
  <a class="button" href="${visit.href('/')}">See the shelf</a>
</section>`,
  };
}
