// One product. "Add to cart" is a plain form; assets/add-to-cart.mjs spares the visitor the page load.
import { MAX_QUANTITY } from '../assets/cart-text.mjs';
import { findProduct, money } from '../catalog.mjs';
import { addToCart, viewContent } from '../events.mjs';
import { html } from '../html.mjs';
import { picture } from '../picture.mjs';

/**
 * @param {import('../visit.mjs').Visit} visit
 * @param {string} sku
 * @returns {import('../layout.mjs').Page | undefined}
 */
export function productPage(visit, sku) {
  const product = findProduct(sku);
  if (!product) return undefined;
  return {
    title: product.name,
    calls: [viewContent(product), addToCart(product)],
    scripts: ['add-to-cart.mjs'],
    body: html`<article class="product">
  ${picture(product, { alt: product.art })}
  <div class="about">
    <p class="category">${product.category}</p>
    <h1>${product.name}</h1>
    <p class="price big">${money(product.price_cents)}</p>
    <p>${product.story}</p>
    <form class="buy" action="/cart" method="get" data-add-to-cart>
      ${visit.fields()}
      <input type="hidden" name="add" value="${product.sku}">
      <label for="quantity">Quantity</label>
      <input id="quantity" name="quantity" type="number" inputmode="numeric" min="1" max="${MAX_QUANTITY}" value="1" required>
      <button class="button">Add to cart</button>
    </form>
    <dl>
${product.details.map(([label, text]) => html`      <div><dt>${label}</dt><dd>${text}</dd></div>\n`)}    </dl>
  </div>
</article>`,
  };
}
