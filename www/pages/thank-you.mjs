// The order's page. It calls Purchase each time it is shown, as real shops do; counting it once is the companion's job.
import { money } from '../catalog.mjs';
import { COUNTRIES, entered } from '../customer.mjs';
import { purchase } from '../events.mjs';
import { html } from '../html.mjs';

/**
 * @param {import('../visit.mjs').Visit} visit
 * @param {import('../orders.mjs').Order} order
 * @returns {import('../layout.mjs').Page}
 */
export function thankYouPage(visit, order) {
  const { customer } = order;
  /** @param {string} name */
  const own = (name) => entered(customer, name);
  return {
    title: `Order ${order.number}`,
    customer,
    calls: [purchase(order)],
    body: html`<section class="thanks">
  <img src="/assets/art/parcel.svg" alt="" width="360" height="260">
  <h1>Thank you, ${own('first_name')}</h1>
  <p>Your order <strong class="number">${order.number}</strong> is wrapped in straw and on its way. In a real shop, that is: this is a demo, nothing was charged.</p>
</section>
<div class="pair">
  <section class="panel" aria-labelledby="ordered">
    <h2 id="ordered">What you ordered</h2>
    <dl class="sums">
${order.lines.map(({ product, quantity }) => html`      <div><dt>${quantity} × ${product.name}</dt><dd>${money(product.price_cents * quantity)}</dd></div>\n`)}      <div><dt>Shipping</dt><dd>Free</dd></div>
      <div class="total"><dt>Total</dt><dd>${money(order.total_cents)}</dd></div>
    </dl>
  </section>
  <section class="panel" aria-labelledby="where">
    <h2 id="where">Where it goes</h2>
    <address>${own('first_name')} ${own('last_name')}<br>${own('address')}<br>${own('postal_code')} ${own('city')}${own('state') && html`, ${own('state')}`}<br>${countryName(own('country'))}</address>
    <p class="muted">We write to ${own('email')}.</p>
  </section>
</div>
<p class="note centered">Reload this page as often as you like: it calls <code>Purchase</code> each time, and the purchase is counted once.</p>
<p class="centered"><a class="button" href="${visit.href('/')}">Back to the shelf</a></p>`,
  };
}

/** @param {string} code */
function countryName(code) {
  return COUNTRIES.find(([known]) => known === code)?.[1] ?? code;
}
