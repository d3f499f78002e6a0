// The calls to the companion, as the source of the pages' inline scripts. This is all a shop has to add.
import { CURRENCY } from './catalog.mjs';
import { userOf } from './customer.mjs';
import { literal } from './html.mjs';

/** @typedef {import('./catalog.mjs').Product} Product */
/** @typedef {import('./cart.mjs').Line} Line */

/** @param {number} cents a price or sum; Meta wants a number of whole units */
const units = (cents) => cents / 100;

/** @param {string} name @param {...import('./html.mjs').Literal} rest */
function track(name, ...rest) {
  return `twin('track', ${[`'${name}'`, ...rest.map((value) => literal(value))].join(', ')});`;
}

/**
 * First on a page that knows its customer: the Pixel takes a customer only with its very first event.
 *
 * @param {import('./customer.mjs').Customer} customer
 */
export function identify(customer) {
  return `twin('identify', ${literal(userOf(customer))});`;
}

export function pageView() {
  return track('PageView');
}

/** @param {Product} product */
export function viewContent(product) {
  return track('ViewContent', {
    ...describe(product),
    contents: contentsOf([{ product, quantity: 1 }]),
    value: units(product.price_cents),
    currency: CURRENCY,
  });
}

/**
 * Waits for the shop's own "added" event, which says how many.
 *
 * @param {Product} product
 */
export function addToCart(product) {
  const fields = Object.entries(describe(product)).map(([name, value]) => `${name}: ${literal(value)},`);
  return `addEventListener('shop:added', ({ detail: { quantity } }) => {
  twin('track', 'AddToCart', {
    ${fields.join('\n    ')}
    contents: [{ id: ${literal(product.sku)}, quantity, item_price: ${units(product.price_cents)} }],
    value: (${product.price_cents} * quantity) / 100,
    currency: ${literal(CURRENCY)},
  });
});`;
}

/** @param {import('./cart.mjs').Cart} cart */
export function initiateCheckout(cart) {
  return track('InitiateCheckout', {
    content_type: 'product',
    content_ids: cart.lines.map(({ product }) => product.sku),
    contents: contentsOf(cart.lines),
    num_items: cart.count,
    value: units(cart.total_cents),
    currency: CURRENCY,
  });
}

/** @param {import('./orders.mjs').Order} order */
export function purchase(order) {
  return track(
    'Purchase',
    {
      value: units(order.total_cents),
      currency: order.currency,
      content_type: 'product',
      content_ids: order.lines.map(({ product }) => product.sku),
      contents: contentsOf(order.lines),
      num_items: order.count,
      order_id: order.number,
    },
    { orderId: order.number },
  );
}

/** @param {Product} product */
function describe({ sku, name, category }) {
  return { content_ids: [sku], content_name: name, content_type: 'product', content_category: category };
}

/** @param {Line[]} lines */
function contentsOf(lines) {
  return lines.map(({ product, quantity }) => ({ id: product.sku, quantity, item_price: units(product.price_cents) }));
}
