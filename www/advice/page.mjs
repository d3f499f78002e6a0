// The set-up adviser: reads the form, asks the rule, shows the answer.
import { advise, snippet } from '/scan/advice.mjs';

/** @type {(id: string) => HTMLElement} */
const element = (id) => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`there is no #${id}`);
  return found;
};
const form = /** @type {HTMLFormElement} */ (document.querySelector('form'));

/** An empty or impossible number is one that nobody knows. @param {string} name */
function number(name) {
  const input = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  return input.value !== '' && input.validity.valid ? { [name]: input.valueAsNumber } : {};
}

/** @param {string} name */
const isTicked = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).checked;

/** @param {string} id @param {string[]} texts */
function list(id, texts) {
  element(id).replaceChildren(...texts.map((text) => Object.assign(document.createElement('li'), { textContent: text })));
}

function answer() {
  const shop = { ...number('monthly_spend_usd'), ...number('apple_percent'), ...number('match_quality'), hasShopPay: isTicked('hasShopPay'), hasServer: isTicked('hasServer') };
  const { title, routing, because, steps } = advise(shop);
  element('routing').textContent = routing;
  element('title').textContent = title;
  list('because', because);
  list('steps', steps);
  element('snippet').textContent = snippet(routing);
  element('copied').textContent = '';
}

form.addEventListener('input', answer);
form.addEventListener('submit', (event) => event.preventDefault());
element('copy').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(element('snippet').textContent ?? '');
    element('copied').textContent = 'Copied.';
  } catch {
    getSelection()?.selectAllChildren(element('snippet'));
    element('copied').textContent = 'The browser does not let this page copy. The tag is selected: press Ctrl or ⌘ and C.';
  }
});
answer();
