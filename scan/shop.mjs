/**
 * Finds the way through a shop that nobody has described: a product, its "Add to cart", the cart.
 */

/** @typedef {import("puppeteer-core").Page} Page */

const PRODUCT_PATH = "/(products?|produkte?|produits?|productos?|prodotti|p|item|dp|artikel)/[^/]+";
const CART_PATH = "/(cart|basket|bag|checkout/cart|warenkorb|panier|carrito|carrello|winkelwagen|varukorg)/?$";
const ADD_SELECTORS = 'form[action*="/cart/add"] [type="submit"], button[name="add"], .single_add_to_cart_button, #product-addtocart-button, [data-add-to-cart], button[name="add-to-cart"]';
const ADD_SAYS = "^(add to (cart|bag|basket|trolley)|buy now|in den warenkorb|zum warenkorb hinzufügen|ajouter au panier|añadir al carrito|aggiungi al carrello|in winkelwagen|lägg i varukorgen?)";

/** Runs in the page. @param {string} pattern of a path @returns {string | null} an address on this host */
function linkTo(pattern) {
  const links = [...document.querySelectorAll("a[href]")].map((link) => new URL(/** @type {HTMLAnchorElement} */ (link).href, location.href));
  return links.find((url) => url.origin === location.origin && new RegExp(pattern, "i").test(url.pathname) && url.pathname !== location.pathname)?.href ?? null;
}

/** Runs in the page: addresses of products that its structured data names. @returns {string[]} */
function describedProducts() {
  /** @type {string[]} */
  const found = [];
  const walk = (/** @type {any} */ node) => {
    if (!node || typeof node !== "object") return;
    const url = node["@type"] === "Product" || node["@type"] === "ListItem" ? node.url ?? node["@id"] ?? node.item?.url : undefined;
    if (typeof url === "string") found.push(url);
    for (const child of Object.values(node)) walk(child);
  };
  for (const script of document.querySelectorAll('script[type="application/ld+json"]')) {
    try {
      walk(JSON.parse(script.textContent ?? ""));
    } catch {
      // Broken data of the shop's: there are other ways to a product.
    }
  }
  return found.map((url) => new URL(url, location.href)).filter(({ origin, pathname }) => origin === location.origin && pathname !== location.pathname).map(({ href }) => href);
}

/** @param {Page} page @returns {Promise<string | undefined>} */
export async function findProduct(page) {
  const [described] = await page.evaluate(describedProducts);
  return described ?? (await page.evaluate(linkTo, PRODUCT_PATH)) ?? undefined;
}

/** @param {Page} page @returns {Promise<string | undefined>} */
export const findCart = async (page) => (await page.evaluate(linkTo, CART_PATH)) ?? undefined;

/** Presses "Add to cart"; whether there was one. @param {Page} page @returns {Promise<boolean>} */
export const addToCart = (page) =>
  page.evaluate((selectors, says) => {
    const isVisible = (/** @type {Element} */ element) => element.checkVisibility() && !(/** @type {HTMLButtonElement} */ (element).disabled);
    const labelled = [...document.querySelectorAll('button, input[type="submit"], a[role="button"]')].filter((button) => new RegExp(says, "iu").test((button.textContent || button.getAttribute("value") || "").trim()));
    const button = [...document.querySelectorAll(selectors), ...labelled].find(isVisible);
    if (!button) return false;
    /** @type {HTMLElement} */ (button).click();
    return true;
  }, ADD_SELECTORS, ADD_SAYS);
