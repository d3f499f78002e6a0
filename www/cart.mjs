// A cart: the lines the URL's text stands for, with products and sums.
import { addToCart, readCart, writeCart } from './assets/cart-text.mjs';
import { findProduct } from './catalog.mjs';

/** @typedef {{ product: import('./catalog.mjs').Product, quantity: number }} Line */

export class Cart {
  /** @param {Line[]} lines */
  constructor(lines) {
    this.lines = lines;
  }

  static empty = new Cart([]);

  /** Products we do not sell (any more) are left out. @param {string} text */
  static read(text) {
    return Cart.#of(readCart(text));
  }

  /** @param {Map<string, number>} quantities */
  static #of(quantities) {
    /** @type {Line[]} */
    const lines = [];
    for (const [sku, quantity] of quantities) {
      const product = findProduct(sku);
      if (product && quantity > 0) lines.push({ product, quantity });
    }
    return new Cart(lines);
  }

  #quantities() {
    return new Map(this.lines.map(({ product, quantity }) => [product.sku, quantity]));
  }

  /** This cart with more of one product. @param {string} sku @param {number} quantity */
  plus(sku, quantity) {
    const quantities = this.#quantities();
    addToCart(quantities, sku, quantity);
    return Cart.#of(quantities);
  }

  /** This cart with one line changed; 0 takes it out. @param {string} sku @param {number} quantity */
  with(sku, quantity) {
    return Cart.#of(this.#quantities().set(sku, quantity));
  }

  get count() {
    return this.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  get total_cents() {
    return this.lines.reduce((sum, { product, quantity }) => sum + product.price_cents * quantity, 0);
  }

  toString() {
    return writeCart(this.#quantities());
  }
}
