// One request of a visit: its cart and modes, and the links and forms that carry them on.
// The shop stores nothing in the browser, so whatever must last travels in the URL.
import { Cart } from './cart.mjs';
import { html } from './html.mjs';

/** @typedef {'standin' | 'meta'} PixelMode */
/** @typedef {'granted' | 'required'} ConsentMode */

/**
 * @typedef {object} Settings what startShop was told, with nothing left open
 * @property {string} relayUrl
 * @property {string} standinUrl
 * @property {string} pixelId
 * @property {string} distDir
 * @property {PixelMode} pixel
 * @property {ConsentMode} consent
 * @property {string | undefined} routing
 * @property {boolean} debug
 */

/** @typedef {{ cart?: Cart, pixel?: PixelMode, consent?: ConsentMode }} Changes */

export class Visit {
  #chosen;

  /**
   * @param {Settings} settings
   * @param {string} path where links that lead back to this page should point
   * @param {URLSearchParams} parameters the URL's, or those of a posted form
   * @param {string} cookies
   */
  constructor(settings, path, parameters, cookies) {
    this.settings = settings;
    // One slash at the front: two would make these links lead to another host.
    this.path = path.replace(/^\/+/, '/');
    this.cart = Cart.read(parameters.get('cart') ?? '');
    this.#chosen = {
      pixel: oneOf(['standin', 'meta'], parameters.get('pixel')),
      consent: oneOf(['granted', 'required'], parameters.get('consent')),
    };
    this.pixel = this.#chosen.pixel ?? settings.pixel;
    this.consent = this.#chosen.consent ?? settings.consent;
    this.shopConsent = oneOf(['granted', 'denied'], /(?:^|;\s*)shop_consent=(\w+)/.exec(cookies)?.[1]);
  }

  /** @param {Changes} changes @returns {[name: string, value: string][]} what travels on, in a fixed order */
  #carried({ cart = this.cart, ...changes }) {
    const { pixel, consent } = { ...this.#chosen, ...changes };
    /** @type {[string, string | undefined][]} */
    const all = [['cart', cart.toString()], ['pixel', pixel], ['consent', consent]];
    return all.flatMap(([name, value]) => (value ? [[name, value]] : []));
  }

  /** A link to another page of the shop. @param {string} path @param {Changes} [changes] */
  href(path, changes = {}) {
    const query = new URLSearchParams(this.#carried(changes)).toString();
    return query ? `${path}?${query}` : path;
  }

  /** The same for a form. The cart's field is there even when empty: "Add to cart" writes into it. */
  fields() {
    const carried = new Map([['cart', ''], ...this.#carried({})]);
    return [...carried].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  }
}

/**
 * @template {string} T
 * @param {T[]} words
 * @param {string | null | undefined} text
 */
function oneOf(words, text) {
  return words.find((word) => word === text);
}
