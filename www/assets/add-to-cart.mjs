// "Add to cart" without a page load: the page's links and forms take the new cart along from here on.
// The address stays as it is: Meta's Pixel would count a changed one as another page view.
import { addToCart, readCart, readQuantity, writeCart } from './cart-text.mjs';

const TOAST_MS = 8000;

const form = document.querySelector('form[data-add-to-cart]');
const toast = document.querySelector('.toast');
/** @type {ReturnType<typeof setTimeout> | undefined} */
let hiding;

if (form instanceof HTMLFormElement && toast instanceof HTMLElement) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    const quantity = readQuantity(fields.get('quantity'));
    const cart = readCart(String(fields.get('cart')));
    addToCart(cart, String(fields.get('add')), quantity);
    carry(writeCart(cart));
    count([...cart.values()].reduce((sum, each) => sum + each, 0));
    announce(toast);
    // The page's own script hears this and makes the call to the companion.
    dispatchEvent(new CustomEvent('shop:added', { detail: { quantity } }));
  });
  // Nobody loses the link while reading it or on the way to it.
  for (const name of ['pointerenter', 'focusin']) toast.addEventListener(name, () => clearTimeout(hiding));
  for (const name of ['pointerleave', 'focusout']) toast.addEventListener(name, () => hideLater(toast));
}

/** @param {string} cart */
function carry(cart) {
  for (const link of document.querySelectorAll('a')) {
    const url = new URL(link.href);
    if (url.origin !== location.origin || link.getAttribute('href')?.startsWith('#')) continue;
    url.searchParams.set('cart', cart);
    link.href = url.pathname + url.search + url.hash;
  }
  for (const field of document.querySelectorAll('input[name=cart]')) {
    if (field instanceof HTMLInputElement) field.value = cart;
  }
}

/** @param {number} items */
function count(items) {
  const badge = document.querySelector('[data-cart-count]');
  if (!(badge instanceof HTMLElement)) return;
  badge.textContent = String(items);
  badge.hidden = items === 0;
}

/** @param {HTMLElement} toast */
function announce(toast) {
  const link = document.createElement('a');
  link.href = document.querySelector('.cart-link')?.getAttribute('href') ?? '/cart';
  link.textContent = 'View cart';
  toast.replaceChildren('Added · ', link);
  toast.classList.add('shown');
  hideLater(toast);
}

/** @param {HTMLElement} toast */
function hideLater(toast) {
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    toast.classList.remove('shown');
    toast.replaceChildren();
  }, TOAST_MS);
}
