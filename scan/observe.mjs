/**
 * What a page shows of its Pixel and of who else sends to Meta. Runs in the page; personal data is not read.
 */

/**
 * @typedef {object} PageFacts
 * @property {string} url
 * @property {boolean} isProduct what the page says of itself, by og:type or structured data
 * @property {boolean} hasFbq
 * @property {string[]} pixel_ids that were set up
 * @property {{ method: string, event_name: string, event_id: string }[]} waiting calls that the Pixel's library has not taken
 * @property {string[]} senders who else may send to Meta here, by name
 * @property {string} policy the page's own Content-Security-Policy, from its meta elements
 */

/** @returns {PageFacts} */
function look() {
  const page = /** @type {any} */ (window);
  const sources = [...document.scripts].map(({ src }) => src);
  const text = [...document.scripts].filter(({ src, type }) => !src && type !== "application/ld+json").map(({ textContent }) => textContent ?? "").join("\n");
  const has = (/** @type {RegExp} */ pattern) => sources.some((source) => pattern.test(source));
  /** @type {[name: string, isThere: unknown][]} */
  const senders = [
    ["pixel-twin", page._twin || has(/\/twin(\.[\d.]+)?\.js/)],
    ["Google Tag Manager", page.google_tag_manager || has(/googletagmanager\.com\/gtm\.js/)],
    ["Shopify", page.Shopify?.shop],
    ["Shopify's channel for Facebook", /facebook_pixel/.test(text) && page.Shopify],
    ["Meta for WooCommerce", has(/plugins\/facebook-for-woocommerce\//) || /agent['"]?\s*[,:]\s*['"]woocommerce/i.test(text) || /['"]woocommerce-\d/.test(text)],
    ["PixelYourSite", page.pysOptions || has(/plugins\/pixelyoursite/)],
    ["Meta Pixel for WordPress", has(/plugins\/official-facebook-pixel\//) || /['"]wordpress-\d/.test(text)],
    ["Meta for Magento", has(/Facebook_BusinessExtension/i)],
    ["Segment", page.analytics?.Integrations || has(/cdn\.segment\.com/)],
    ["RudderStack", page.rudderanalytics],
    ["Cloudflare Zaraz", page.zaraz],
    ["Meta Parameter Builder", page.clientParamBuilder || has(/capiParamBuilder|clientParamBuilder/i)],
    // The first line of Meta's base code, whoever has put it there.
    ["Meta's base code in the page", /fbq\s*\(\s*['"]init['"]/.test(text)],
  ];
  const queue = /** @type {ArrayLike<unknown>[]} */ (Array.isArray(page.fbq?.queue) ? page.fbq.queue : []).map((call) => Array.from(call));
  const known = /** @type {{ id: unknown }[]} */ (page.fbq?.getState?.().pixels ?? []).map(({ id }) => String(id));
  const types = [...document.querySelectorAll('script[type="application/ld+json"]')].map(({ textContent }) => textContent ?? "").join();
  const waiting = queue.filter(([method]) => /^track/.test(String(method))).map(([method, ...rest]) => {
    const [event_name, , options] = /Single/.test(String(method)) ? rest.slice(1) : rest;
    const { eventID, event_id } = /** @type {any} */ (options ?? {});
    return { method: String(method), event_name: String(event_name), event_id: String(eventID ?? event_id ?? "") };
  });
  return {
    url: location.href,
    isProduct: document.querySelector('meta[property="og:type"]')?.getAttribute("content") === "product" || /"@type"\s*:\s*"Product"/.test(types),
    hasFbq: typeof page.fbq === "function",
    pixel_ids: [...new Set([...known, ...queue.filter(([method]) => method === "init").map(([, id]) => String(id))])],
    waiting,
    senders: senders.filter(([, isThere]) => isThere).map(([name]) => name),
    policy: [...document.querySelectorAll('meta[http-equiv="Content-Security-Policy" i]')].map((meta) => meta.getAttribute("content") ?? "").join(", "),
  };
}

/** @param {import("puppeteer-core").Page} page */
export const observe = (page) => page.evaluate(look);
