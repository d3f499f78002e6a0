// The orders, in memory, and their numbers.
import { CURRENCY } from './catalog.mjs';

/**
 * @typedef {object} Order
 * @property {string} number
 * @property {import('./cart.mjs').Line[]} lines
 * @property {number} count
 * @property {number} total_cents
 * @property {string} currency
 * @property {import('./customer.mjs').Customer} customer
 */

const FIRST_DAY_MS = Date.UTC(2026, 0, 1);

/** Old orders make room for new ones, so that a demo left running does not grow for ever. */
const MAX_ORDERS = 10_000;

export class Orders {
  /** @type {Map<string, Order>} */
  #orders = new Map();
  #last = 0;
  #now_ms;

  /** @param {() => number} [now_ms] */
  constructor(now_ms = Date.now) {
    this.#now_ms = now_ms;
  }

  /** @param {import('./cart.mjs').Cart} cart @param {import('./customer.mjs').Customer} customer */
  place(cart, customer) {
    /** @type {Order} */
    const order = {
      number: this.#nextNumber(),
      lines: cart.lines,
      count: cart.count,
      total_cents: cart.total_cents,
      currency: CURRENCY,
      customer,
    };
    this.#orders.set(order.number, order);
    if (this.#orders.size > MAX_ORDERS) {
      for (const oldest of this.#orders.keys()) {
        this.#orders.delete(oldest);
        break;
      }
    }
    return order;
  }

  /** @param {string} number */
  find(number) {
    return this.#orders.get(number);
  }

  /**
   * Seconds since 2026 began, or one more than the last number: eight digits that go on growing when the
   * shop starts again. Longer ones would look like a phone number in the page's URL.
   */
  #nextNumber() {
    this.#last = Math.max(this.#last + 1, Math.floor((this.#now_ms() - FIRST_DAY_MS) / 1000));
    return String(this.#last);
  }
}
