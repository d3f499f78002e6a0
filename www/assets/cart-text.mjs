// The cart as text in the URL, `mug*2.tee*1`: read and written here for server and browser alike.
// None of its characters is ever percent-encoded, so the address bar stays readable.

export const MAX_QUANTITY = 99;

/**
 * Takes what it understands and drops the rest: the text comes from the address bar.
 *
 * @param {string} text
 * @returns {Map<string, number>} quantities by SKU, in the order they were added
 */
export function readCart(text) {
  const cart = new Map();
  for (const part of text.split('.')) {
    const [, sku, quantity] = /^([a-z0-9-]{1,40})\*([1-9]\d{0,5})$/.exec(part) ?? [];
    if (sku) addToCart(cart, sku, Number(quantity));
  }
  return cart;
}

/** @param {Map<string, number>} cart */
export function writeCart(cart) {
  return [...cart].map(([sku, quantity]) => `${sku}*${quantity}`).join('.');
}

/** @param {Map<string, number>} cart @param {string} sku @param {number} quantity */
export function addToCart(cart, sku, quantity) {
  cart.set(sku, Math.min(MAX_QUANTITY, (cart.get(sku) ?? 0) + quantity));
}

/** A quantity as a form field gives it; anything odd is one. @param {unknown} text */
export function readQuantity(text) {
  const quantity = Math.trunc(Number(text));
  return quantity >= 1 ? Math.min(MAX_QUANTITY, quantity) : 1;
}
