/**
 * What Chromium and Firefox share: both are driven by puppeteer.
 */

/** @typedef {import("puppeteer-core").Page} Page */

/**
 * A visitor of a puppeteer browser: a context of its own, with a proxy of its own.
 * @param {import("puppeteer-core").Browser} browser
 * @param {import("../proxy.mjs").Door} door
 * @param {import("puppeteer-core").BrowserContextOptions} [options]
 * @returns {Promise<import("./engine.mjs").Visitor>}
 */
export async function visitor(browser, door, options = {}) {
  const context = await browser.createBrowserContext({ proxyServer: `http://127.0.0.1:${door.port}`, ...options });
  return {
    context,
    async newPage({ onError, onWarning }) {
      const page = await context.newPage();
      page.on("pageerror", (error) => onError(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") onError(message.text());
        if (message.type() === "warn") onWarning(message.text());
      });
      return page;
    },
    cookies: async () => (await context.cookies()).map(({ name, value, domain, path, expires, httpOnly = false, secure = false, sameSite }) => ({ name, value, domain, path, expires, httpOnly, secure, ...(sameSite && { sameSite }) })),
    setOffline: (page, isOffline) => page.setOfflineMode(isOffline),
    close: () => context.close(),
  };
}
