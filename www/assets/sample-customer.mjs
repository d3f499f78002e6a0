// Fills the checkout with a made-up customer, for those who only want to see the twins arrive.

/** @type {Record<string, string>} */
const SAMPLE = {
  email: 'Ada.Example@example.com',
  phone: '+1 (415) 555-0132',
  first_name: 'Ada',
  last_name: 'Example',
  address: '12 Kiln Lane',
  city: 'San Francisco',
  state: 'CA',
  postal_code: '94107',
  country: 'US',
  customer_number: 'SK-1042',
};

const button = document.querySelector('[data-sample-customer]');
const form = button?.closest('form');

if (button && form) {
  button.closest('[hidden]')?.removeAttribute('hidden');
  button.addEventListener('click', () => {
    for (const [name, value] of Object.entries(SAMPLE)) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value;
    }
  });
}
