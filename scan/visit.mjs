/**
 * One visitor's way through the site, from an empty browser on, and all that was seen of it.
 */

import { findBanner, press } from "./consent.mjs";
import { parseEvents } from "./events.mjs";
import { observe } from "./observe.mjs";
import { addToCart, findCart, findProduct } from "./shop.mjs";
import { describe, take } from "./steps.mjs";
import { Wire } from "./wire.mjs";

/**
 * `accept` says yes where it is asked, `reject` no; `blocked` says yes, and an ad blocker keeps Meta's library away.
 * @typedef {"accept" | "reject" | "blocked"} VisitKind
 */
/** @typedef {{ name: string, expires_s: number | null, value: string, domain: string, httpOnly: boolean }} Cookie `expires_s`: from now; `null`: ends with the browser */
/**
 * A page as it stood when all was quiet.
 * @typedef {import("./observe.mjs").PageFacts & { kind: string, status: number, policy_header: string, cookies: Cookie[], cookies_before: Cookie[] }} VisitPage
 * `kind`: home, product, add to cart, cart, reload, or a step; `cookies_before`: those before the banner was answered
 */
/**
 * @typedef {object} VisitSeen
 * @property {VisitKind} kind
 * @property {VisitPage[]} pages
 * @property {import("./consent.mjs").Banner | null} banner
 * @property {import("./wire.mjs").WireRequest[]} requests
 * @property {import("./wire.mjs").Violation[]} violations
 * @property {{ text: string, visit_page: number }[]} messages
 * @property {string} click_id that the visit came with
 * @property {string} [stopped] why the way ended early
 */
/**
 * @typedef {object} VisitOptions
 * @property {string} url
 * @property {import("./steps.mjs").Step[]} [steps]
 * @property {number} idle_ms how long all has to be quiet before the next step
 * @property {number} timeout_ms for a page to load, or what a step waits for to come
 */

/** Meta's hosts, as an ad blocker knows them. */
const BLOCKED = ["*://connect.facebook.net/*", "*://www.facebook.com/tr*"];

/** What happens once. A page that sends one of these again when it is loaded again counts it twice. */
const ONCE = ["Purchase", "Lead", "CompleteRegistration", "Subscribe", "StartTrial", "SubmitApplication", "Schedule", "Donate", "Contact"];

class Visit {
  /** @type {VisitPage[]} */
  pages = [];
  /** @type {import("./consent.mjs").Banner | null} */
  banner = null;
  #page;
  #wire;
  #options;
  #status = 0;
  #policy = "";

  /** @param {import("puppeteer-core").Page} page @param {Wire} wire @param {VisitOptions} options */
  constructor(page, wire, options) {
    this.#page = page;
    this.#wire = wire;
    this.#options = options;
    page.on("response", (response) => {
      if (!response.request().isNavigationRequest() || response.frame() !== page.mainFrame()) return;
      this.#status = response.status();
      this.#policy = response.headers()["content-security-policy"] ?? "";
    });
  }

  /** Opens the site, and answers its banner. @param {string} url @param {"accept" | "reject"} answer */
  async enter(url, answer) {
    await this.#page.goto(url, { waitUntil: "load", timeout: this.#options.timeout_ms });
    await this.#quiet();
    const found = await findBanner(this.#page);
    const cookies_before = await this.#cookies();
    if (found) {
      this.banner = found.banner;
      this.#wire.moment.consent = answer === "accept" ? "accepted" : "rejected";
      if (await press(found.frame, answer)) await this.#quiet();
    }
    await this.#note("home", cookies_before);
  }

  /** One more page, or one more thing done on this. @param {string} kind @param {() => Promise<unknown>} act `false`: nothing to do */
  async go(kind, act) {
    this.#wire.moment.visit_page = this.pages.length;
    if ((await act()) === false) return;
    await this.#quiet();
    await this.#note(kind);
    const isOnce = parseEvents(this.#wire.requests).some(({ visit_page, event_name }) => visit_page === this.pages.length - 1 && ONCE.includes(event_name));
    if (isOnce && kind !== "reload") await this.go("reload", () => this.#page.reload({ waitUntil: "load", timeout: this.#options.timeout_ms }));
  }

  /** @param {string} kind @param {string} url */
  open = (kind, url) => this.go(kind, () => this.#page.goto(url, { waitUntil: "load", timeout: this.#options.timeout_ms }));

  /** The way through a shop that nobody has described. @param {boolean} isShort */
  async shop(isShort) {
    const product = await findProduct(this.#page);
    if (product) await this.open("product", product);
    if (isShort) return;
    if (product) await this.go("add to cart", () => addToCart(this.#page));
    const cart = await findCart(this.#page);
    if (cart) await this.open("cart", cart);
  }

  /** @param {import("./steps.mjs").Step[]} steps */
  async walk(steps) {
    for (const step of steps) await this.go(describe(step), () => take(this.#page, step, this.#options.timeout_ms));
  }

  async #quiet() {
    await this.#wire.quiet(this.#page, this.#options.idle_ms);
  }

  async #cookies() {
    const now_s = Date.now() / 1000;
    const all = await this.#page.cookies();
    return all.filter(({ name }) => /^_fb[cp]$/.test(name)).map(({ name, value, domain, httpOnly = false, expires }) => ({ name, value, domain, httpOnly, expires_s: expires < 0 ? null : Math.round(expires - now_s) }));
  }

  /** @param {string} kind @param {Cookie[]} [cookies_before] */
  async #note(kind, cookies_before = []) {
    this.pages.push({ ...(await observe(this.#page)), kind, status: this.#status, policy_header: this.#policy, cookies: await this.#cookies(), cookies_before });
  }
}

/**
 * A visit from beginning to end. What stops it on the way (a page that does not load, a step that fails) is noted; only the first
 * page has to be there.
 * @param {import("puppeteer-core").Browser} browser @param {VisitKind} kind @param {VisitOptions} options
 * @returns {Promise<VisitSeen>}
 */
export async function visit(browser, kind, options) {
  const context = await browser.createBrowserContext();
  try {
    const page = await context.newPage();
    await page.setViewport({ width: 1280, height: 900 });
    // The Pixel sends nothing for a browser that calls itself headless.
    await page.setUserAgent({ userAgent: (await browser.userAgent()).replace("HeadlessChrome", "Chrome") });
    const wire = await Wire.watch(page, kind === "blocked" ? BLOCKED : []);
    const way = new Visit(page, wire, options);
    const start = new URL(options.url);
    // As if an ad had been clicked: does the click id reach the cookie?
    const click_id = `scan${Date.now().toString(36)}AbC-dEf_${Math.random().toString(36).slice(2)}`;
    start.searchParams.set("fbclid", click_id);
    await way.enter(start.href, kind === "reject" ? "reject" : "accept");
    let stopped;
    try {
      await (options.steps && kind !== "reject" ? way.walk(options.steps) : way.shop(kind !== "accept"));
    } catch (error) {
      stopped = error instanceof Error ? error.message : String(error);
    }
    return { kind, pages: way.pages, banner: way.banner, requests: wire.requests, violations: wire.violations, messages: wire.messages, click_id, ...(stopped !== undefined && { stopped }) };
  } finally {
    await context.close();
  }
}
