// The shop window: everything there is.
import { money, PRODUCTS } from '../catalog.mjs';
import { html } from '../html.mjs';
import { picture } from '../picture.mjs';

/** @param {import('../visit.mjs').Visit} visit @returns {import('../layout.mjs').Page} */
export function listing(visit) {
  return {
    title: 'Stoneware for slow tea',
    body: html`<section class="hero">
  <div>
    <h1>Stoneware for slow tea</h1>
    <p>Thrown one at a time, fired for three days, made to be used every morning.</p>
    <a class="button" href="#shelf">See the shelf</a>
  </div>
  <img src="/assets/art/shelf.svg" alt="A shelf of stoneware under an arched window" width="720" height="420">
</section>
<h2 id="shelf">The shelf</h2>
<ul class="grid">
${PRODUCTS.map((product) => card(visit, product))}</ul>`,
  };
}

/** @param {import('../visit.mjs').Visit} visit @param {import('../catalog.mjs').Product} product */
function card(visit, product) {
  return html`<li class="card">
  <a href="${visit.href(`/product/${product.sku}`)}">
    ${picture(product)}
    <span class="card-title"><strong>${product.name}</strong> <span class="price">${money(product.price_cents)}</span></span>
    <span class="muted">${product.line}</span>
  </a>
</li>
`;
}
