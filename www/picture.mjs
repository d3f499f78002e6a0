// A product's drawing in its kiln arch.
import { html } from './html.mjs';

/**
 * @param {import('./catalog.mjs').Product} product
 * @param {{ alt?: string, lazy?: boolean }} [options] no alt where the product's name stands beside it
 */
export function picture({ sku, tint }, { alt = '', lazy = false } = {}) {
  return html`<span class="arch ${tint}"><img src="/assets/art/${sku}.svg" alt="${alt}" width="400" height="400"${lazy && html` loading="lazy"`}></span>`;
}
