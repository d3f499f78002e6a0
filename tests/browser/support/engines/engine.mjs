/**
 * What a browser engine has to do for a test. One file beside this one for each engine.
 */

/** @typedef {"chromium" | "firefox" | "webkit"} EngineName */
/** The part of puppeteer's page that the tests use; Chromium and Firefox have all of it, WebKit what `webkit-page.mjs` lists. @typedef {import("puppeteer-core").Page} Page */
/** @typedef {{ onError: (text: string) => void, onWarning: (text: string) => void }} Listener to a page's console */

/**
 * A cookie as the browser keeps it. `domain` begins with a dot if it holds for subdomains, too; `expires` is in seconds, -1 with the session.
 * @typedef {{ name: string, value: string, domain: string, path: string, expires: number, httpOnly: boolean, secure: boolean, sameSite?: string }} Cookie
 */

/**
 * A person with a browser of their own: nothing is shared with another visitor.
 * @typedef {object} Visitor
 * @property {import("puppeteer-core").BrowserContext} [context] puppeteer's, where the engine is driven by it
 * @property {(listener: Listener) => Promise<Page>} newPage
 * @property {(code: (...args: any[]) => unknown, ...args: unknown[]) => Promise<void>} onNewDocument runs it first in every further page of all tabs
 * @property {(page: Page) => Promise<Cookie[]>} cookies all of them, HttpOnly ones too; in WebKit those that hold for the page's address
 * @property {(page: Page, isOffline: boolean) => Promise<void>} setOffline tells the page; the network itself is the proxy's
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Engine
 * @property {EngineName} name
 * @property {() => Promise<string>} version of the browser
 * @property {RegExp | undefined} failedLoad what its console says of a load that failed; `undefined` if it says nothing
 * @property {import("puppeteer-core").Browser} [browser] puppeteer's, where the engine is driven by it
 * @property {(door: import("../proxy.mjs").Door) => Promise<Visitor>} newVisitor
 * @property {() => Promise<void>} stop
 */

/** The engine of env `ENGINE`. */
export const ENGINE = /** @type {EngineName} */ (process.env["ENGINE"] || "chromium");

/** Starts one. @param {EngineName} name @returns {Promise<Engine>} */
export async function startEngine(name) {
  switch (name) {
    case "chromium":
      return (await import("./chromium.mjs")).start();
    case "firefox":
      return (await import("./firefox.mjs")).start();
    case "webkit":
      return (await import("./webkit.mjs")).start();
    default:
      throw new Error(`ENGINE=${name} is unknown. It is chromium (default), firefox or webkit.`);
  }
}
