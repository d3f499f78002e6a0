// The customer's fields: what the checkout asks, what it checks, and what Meta calls each of them.

/**
 * @typedef {object} Field
 * @property {string} name the form field's name
 * @property {string} label
 * @property {string} [user] Meta's name for it in user_data, if it has one
 * @property {boolean} [required]
 * @property {'email' | 'tel' | 'text'} [type]
 * @property {string} autocomplete
 * @property {'email' | 'tel' | 'text'} [inputmode]
 * @property {string} [autocapitalize]
 * @property {string} [hint]
 * @property {boolean} [wide] takes a whole row
 */

/** @typedef {Record<string, string>} Customer what was entered, by field name, exactly as entered */

/** @type {Field[]} */
export const CONTACT = [
  { name: 'email', label: 'Email', user: 'em', required: true, type: 'email', inputmode: 'email', autocomplete: 'email', wide: true },
  { name: 'phone', label: 'Phone', user: 'ph', type: 'tel', inputmode: 'tel', autocomplete: 'tel', hint: 'Only if the courier cannot find you.', wide: true },
];

/** @type {Field[]} */
export const ADDRESS = [
  { name: 'first_name', label: 'First name', user: 'fn', required: true, autocomplete: 'given-name' },
  { name: 'last_name', label: 'Last name', user: 'ln', required: true, autocomplete: 'family-name' },
  { name: 'address', label: 'Street address', required: true, autocomplete: 'address-line1', wide: true },
  { name: 'city', label: 'City', user: 'ct', required: true, autocomplete: 'address-level2' },
  { name: 'state', label: 'State or region', user: 'st', autocomplete: 'address-level1' },
  { name: 'postal_code', label: 'Postal code', user: 'zp', required: true, autocomplete: 'postal-code', autocapitalize: 'characters' },
  { name: 'country', label: 'Country', user: 'country', required: true, autocomplete: 'country' },
];

/** @type {Field[]} */
export const LOYALTY = [
  { name: 'customer_number', label: 'Customer number', user: 'external_id', autocomplete: 'off', inputmode: 'text', hint: 'On your loyalty card, if you have one.', wide: true },
];

export const FIELDS = [...CONTACT, ...ADDRESS, ...LOYALTY];

/** @type {[code: string, name: string][]} */
export const COUNTRIES = [
  ['US', 'United States'], ['BR', 'Brazil'], ['CA', 'Canada'], ['DE', 'Germany'], ['ES', 'Spain'],
  ['FR', 'France'], ['GB', 'United Kingdom'], ['IN', 'India'], ['IT', 'Italy'], ['JP', 'Japan'],
  ['NL', 'Netherlands'], ['PL', 'Poland'],
];

/** @param {URLSearchParams} form @returns {Customer} */
export function readCustomer(form) {
  return Object.fromEntries(FIELDS.map(({ name }) => [name, form.get(name) ?? '']));
}

/**
 * The browser has checked all this before; whoever gets here has no such browser.
 *
 * @param {Customer} customer
 * @returns {Record<string, string>} a message for each field that needs another look
 */
export function checkCustomer(customer) {
  /** @type {Record<string, string>} */
  const problems = {};
  for (const { name, label, required } of FIELDS) {
    if (required && !entered(customer, name).trim()) problems[name] = `${label} is missing.`;
  }
  const email = entered(customer, 'email').trim();
  if (email && !/^[^\s@]+@[^\s@]+$/.test(email)) problems.email = 'This does not look like an email address: name@example.com.';
  const country = entered(customer, 'country');
  if (country && !COUNTRIES.some(([code]) => code === country)) problems.country = 'We do not deliver there yet. Please choose from the list.';
  return problems;
}

/** @param {Customer} customer @param {string} name */
export function entered(customer, name) {
  return customer[name] ?? '';
}

/** The companion's `user`: Meta's names, the customer's own text. Hashing is the companion's job. @param {Customer} customer */
export function userOf(customer) {
  /** @type {Record<string, string>} */
  const user = {};
  for (const { name, user: key } of FIELDS) {
    if (key && entered(customer, name)) user[key] = entered(customer, name);
  }
  return user;
}
