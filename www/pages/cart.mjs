// The cart. Quantities change by links, since the cart is in the URL.
import { MAX_QUANTITY } from '../assets/cart-text.mjs';
import { money } from '../catalog.mjs';
import { html } from '../html.mjs';
import { picture } from '../picture.mjs';

/** @typedef {import('../visit.mjs').Visit} Visit */

/** @param {Visit} visit @returns {import('../layout.mjs').Page} */
export function cartPage(visit) {
  const { cart } = visit;
  if (cart.count === 0) return emptyCart(visit);
  return {
    title: 'Cart',
    body: html`<h1>Your cart</h1>
<div class="split">
  <ul class="lines">
${cart.lines.map((line) => row(visit, line))}  </ul>
  <section class="panel" aria-labelledby="sum">
    <h2 id="sum">Summary</h2>
    <dl class="sums">
      <div><dt>${cart.count === 1 ? '1 item' : `${cart.count} items`}</dt><dd>${money(cart.total_cents)}</dd></div>
      <div><dt>Shipping</dt><dd>Free</dd></div>
      <div class="total"><dt>Total</dt><dd>${money(cart.total_cents)}</dd></div>
    </dl>
    <a class="button wide" href="${visit.href('/checkout')}">Check out</a>
  </section>
</div>`,
  };
}

/** @param {Visit} visit @param {import('../cart.mjs').Line} line */
function row(visit, { product, quantity }) {
  const { sku, name, price_cents } = product;
  const page = visit.href(`/product/${sku}`);
  /** @param {number} count */
  const change = (count) => visit.href('/cart', { cart: visit.cart.with(sku, count) });
  const more = quantity < MAX_QUANTITY
    ? html`<a href="${change(quantity + 1)}" aria-label="One more: ${name}">+</a>`
    : html`<span class="muted">+</span>`;
  return html`    <li>
      <a class="thumb" href="${page}" tabindex="-1" aria-hidden="true">${picture(product)}</a>
      <div class="what"><a href="${page}">${name}</a> <span class="muted">${money(price_cents)} each</span></div>
      <div class="stepper"><a href="${change(quantity - 1)}" aria-label="One less: ${name}">−</a><span aria-label="Quantity">${quantity}</span>${more}</div>
      <span class="price">${money(price_cents * quantity)}</span>
      <a class="remove" href="${change(0)}" aria-label="Remove: ${name}">Remove</a>
    </li>
`;
}

/** @param {Visit} visit @returns {import('../layout.mjs').Page} */
function emptyCart(visit) {
  return {
    title: 'Cart',
    body: html`<section class="quiet">
  <img src="/assets/art/empty.svg" alt="" width="360" height="260">
  <h1>Your cart is empty</h1>
  <p>The kiln is warm, though, and the shelf is full.</p>
  <a class="button" href="${visit.href('/')}">See the shelf</a>
</section>`,
  };
}
