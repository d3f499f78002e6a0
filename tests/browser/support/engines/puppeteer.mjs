/**
 * What Chromium and Firefox share: both are driven by puppeteer.
 */

/** @typedef {import("puppeteer-core").Page} Page */

/**
 * A visitor of a puppeteer browser: a context of its own, with a proxy of its own.
 * @param {import("puppeteer-core").Browser} browser
 * @param {import("../proxy.mjs").Door} door
 * @param {import("puppeteer-core").BrowserContextOptions} [options]
 * @param {RegExp} [remark] an error on the console that no script has made
 * @returns {Promise<import("./engine.mjs").Visitor>}
 */
export async function visitor(browser, door, options = {}, remark) {
  const context = await browser.createBrowserContext({ proxyServer: `127.0.0.1:${door.port}`, ...options });
  /** @type {Set<Page>} */
  const pages = new Set();
  /** @type {((page: Page) => Promise<unknown>)[]} */
  const prologue = [];
  return {
    context,
    async newPage({ onError, onWarning }) {
      const page = await context.newPage();
      page.on("pageerror", (error) => !remark?.test(String(error)) && onError(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") onError(message.text());
        if (message.type() === "warn") onWarning(message.text());
      });
      page.on("close", () => pages.delete(page));
      for (const begin of prologue) await begin(page);
      pages.add(page);
      return page;
    },
    async onNewDocument(code, ...args) {
      const begin = (/** @type {Page} */ page) => page.evaluateOnNewDocument(code, ...args);
      prologue.push(begin);
      for (const page of pages) await begin(page);
    },
    cookies: async () => (await context.cookies()).map(({ name, value, domain, path, expires, httpOnly = false, secure = false, sameSite }) => ({ name, value, domain, path, expires, httpOnly, secure, ...(sameSite && { sameSite }) })),
    setOffline: (page, isOffline) => page.setOfflineMode(isOffline),
    close: () => context.close(),
  };
}
