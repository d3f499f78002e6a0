// Which page answers which address.
import { readQuantity } from './assets/cart-text.mjs';
import { Cart } from './cart.mjs';
import { findProduct } from './catalog.mjs';
import { checkCustomer, readCustomer } from './customer.mjs';
import { cartPage } from './pages/cart.mjs';
import { checkoutPage } from './pages/checkout.mjs';
import { listing } from './pages/listing.mjs';
import { notFoundPage, unknownOrderPage } from './pages/not-found.mjs';
import { productPage } from './pages/product.mjs';
import { thankYouPage } from './pages/thank-you.mjs';

/** @typedef {import('./visit.mjs').Visit} Visit */
/** @typedef {import('./layout.mjs').Page | { redirect: string }} Answer */
/** @typedef {import('./orders.mjs').Orders} Orders */

/** @param {Visit} visit @param {URLSearchParams} parameters @param {Orders} orders @returns {Answer} */
export function get(visit, parameters, orders) {
  const [, section = '', item, ...more] = visit.path.split('/');
  if (item === undefined) {
    if (section === '') return listing(visit);
    if (section === 'cart') return cart(visit, parameters);
    if (section === 'checkout') return checkout(visit);
  } else if (more.length === 0) {
    if (section === 'product') return productPage(visit, item) ?? notFoundPage(visit);
    if (section === 'thank-you') return thankYou(visit, orders, item);
  }
  return notFoundPage(visit);
}

/** The order is placed, and the browser sent on to its page, which may be reloaded. @param {Visit} visit @param {URLSearchParams} form @param {Orders} orders @returns {Answer} */
export function postCheckout(visit, form, orders) {
  if (visit.cart.count === 0) return { redirect: visit.href('/cart') };
  const customer = readCustomer(form);
  const problems = checkCustomer(customer);
  if (Object.keys(problems).length > 0) return checkoutPage(visit, { customer, problems });
  const order = orders.place(visit.cart, customer);
  return { redirect: visit.href(`/thank-you/${order.number}`, { cart: Cart.empty }) };
}

/** Without JavaScript "Add to cart" comes here; the cart's own address is what may be reloaded. @param {Visit} visit @param {URLSearchParams} parameters @returns {Answer} */
function cart(visit, parameters) {
  const sku = parameters.get('add');
  if (sku === null) return cartPage(visit);
  const added = findProduct(sku) ? visit.cart.plus(sku, readQuantity(parameters.get('quantity'))) : visit.cart;
  return { redirect: visit.href('/cart', { cart: added }) };
}

/** @param {Visit} visit @returns {Answer} */
function checkout(visit) {
  return visit.cart.count === 0 ? { redirect: visit.href('/cart') } : checkoutPage(visit);
}

/** @param {Visit} visit @param {Orders} orders @param {string} number */
function thankYou(visit, orders, number) {
  const order = orders.find(number);
  return order ? thankYouPage(visit, order) : unknownOrderPage(visit);
}
