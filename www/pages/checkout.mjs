// The checkout: one form, posted, so that nothing of the customer's ever stands in a URL.
import { money } from '../catalog.mjs';
import { ADDRESS, CONTACT, COUNTRIES, entered, FIELDS, LOYALTY } from '../customer.mjs';
import { initiateCheckout } from '../events.mjs';
import { attributes, html } from '../html.mjs';

/** @typedef {import('../visit.mjs').Visit} Visit */
/** @typedef {import('../customer.mjs').Field} Field */
/** @typedef {{ customer: import('../customer.mjs').Customer, problems: Record<string, string> }} Attempt */

/**
 * @param {Visit} visit
 * @param {Attempt} [attempt] what was entered and refused
 * @returns {import('../layout.mjs').Page}
 */
export function checkoutPage(visit, attempt) {
  const { customer, problems } = attempt ?? { customer: {}, problems: {} };
  /** @param {Field[]} fields */
  const inputs = (fields) => fields.map((field) => control(field, entered(customer, field.name), problems[field.name]));
  return {
    status: attempt ? 422 : 200,
    title: attempt ? 'Please check your details' : 'Checkout',
    // The form shown again is the same checkout, not a second one.
    calls: attempt ? [] : [initiateCheckout(visit.cart)],
    scripts: ['sample-customer.mjs'],
    body: html`<h1>Checkout</h1>
${attempt && summary(problems)}<div class="split">
  <form class="checkout" action="/checkout" method="post">
    ${visit.fields()}
    <p class="sample" hidden><button type="button" class="linklike" data-sample-customer>Fill in a sample customer</button></p>
    <fieldset><legend>Contact</legend>${inputs(CONTACT)}</fieldset>
    <fieldset><legend>Delivery</legend>${inputs(ADDRESS)}</fieldset>
    <fieldset><legend>Loyalty</legend>${inputs(LOYALTY)}</fieldset>
    <p class="note"><strong>This is a demo:</strong> nothing is charged and nothing is shipped.</p>
    <button class="button wide">Place the order · ${money(visit.cart.total_cents)}</button>
  </form>
  ${basket(visit)}
</div>`,
  };
}

/** @param {Field} field @param {string} value @param {string | undefined} problem */
function control({ name, label, required, type = 'text', inputmode, autocomplete, autocapitalize, hint, wide }, value, problem) {
  const described = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(' ');
  const shared = {
    id: name,
    name,
    autocomplete,
    required: required ?? false,
    'aria-invalid': problem ? 'true' : undefined,
    'aria-describedby': described || undefined,
  };
  const input = name === 'country'
    ? html`<select${attributes(shared)}>${COUNTRIES.map(([code, country]) => html`<option${attributes({ value: code, selected: code === value })}>${country}</option>`)}</select>`
    : html`<input${attributes({ ...shared, type, inputmode, autocapitalize, value: value || undefined })}>`;
  return html`
      <div class="field${wide && ' wide'}">
        <label for="${name}">${label}${!required && html` <span class="muted">optional</span>`}</label>
        ${input}
        ${hint && html`<p class="muted" id="${name}-hint">${hint}</p>`}${problem && html`<p class="problem" id="${name}-problem">${problem}</p>`}
      </div>`;
}

/** @param {Record<string, string>} problems */
function summary(problems) {
  const wrong = FIELDS.filter(({ name }) => problems[name]);
  return html`<div class="problems" role="alert" tabindex="-1" autofocus>
  <p>Please have another look at ${wrong.length === 1 ? 'one field' : `${wrong.length} fields`}:</p>
  <ul>${wrong.map(({ name }) => html`<li><a href="#${name}">${problems[name]}</a></li>`)}</ul>
</div>
`;
}

/** @param {Visit} visit */
function basket(visit) {
  const { cart } = visit;
  return html`<section class="panel" aria-labelledby="basket">
    <h2 id="basket">Your order</h2>
    <dl class="sums">
${cart.lines.map(({ product, quantity }) => html`      <div><dt>${quantity} × ${product.name}</dt><dd>${money(product.price_cents * quantity)}</dd></div>\n`)}      <div><dt>Shipping</dt><dd>Free</dd></div>
      <div class="total"><dt>Total</dt><dd>${money(cart.total_cents)}</dd></div>
    </dl>
    <a href="${visit.href('/cart')}">Change the cart</a>
  </section>`;
}
