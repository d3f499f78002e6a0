/**
 * A visitor of the shop, and what a test does and sees as them.
 */

import { until } from "./until.mjs";

/** @typedef {import("./engines/engine.mjs").Page} Page */
/** @typedef {{ origin?: string }} VisitOptions `origin`: where the shop is visited, such as https://www.shop.example; otherwise its own */
/**
 * What a visit needs of the world.
 * @typedef {object} Surroundings
 * @property {import("./engines/engine.mjs").Engine} engine
 * @property {Awaited<ReturnType<typeof import("./proxy.mjs").startProxy>>} proxy
 * @property {{ url: string }} shop
 * @property {(name: string) => string} host
 */
/**
 * What all tabs of a visitor share.
 * @typedef {object} Shared
 * @property {Surroundings} world
 * @property {import("./engines/engine.mjs").Engine} engine
 * @property {import("./engines/engine.mjs").Visitor} visitor
 * @property {import("./proxy.mjs").Door} door
 * @property {string} origin
 * @property {Set<Page>} tabs
 */

/** One tab of a visitor; the others are reached by {@link Visit.tab}. */
export class Visit {
  #shared;
  /** Errors on the page's console, uncaught ones too. @type {string[]} */
  errors;
  /** @type {string[]} */
  warnings;

  /** @param {Shared} shared @param {Page} page @param {string[]} errors @param {string[]} warnings */
  constructor(shared, page, errors, warnings) {
    this.#shared = shared;
    this.page = page;
    this.errors = errors;
    this.warnings = warnings;
  }

  /**
   * A new visitor: a browser without history, and one page. Its console is listened to.
   * @param {Surroundings} world @param {VisitOptions} [options]
   */
  static async start(world, { origin = world.shop.url } = {}) {
    const { engine, proxy, shop, host } = world;
    if (origin !== shop.url) host(new URL(origin).host);
    const door = await proxy.openDoor();
    const visitor = await engine.newVisitor(door);
    return Visit.#open({ world, engine, visitor, door, origin, tabs: new Set() });
  }

  /** @param {Shared} shared */
  static async #open(shared) {
    /** @type {string[]} */
    const errors = [];
    /** @type {string[]} */
    const warnings = [];
    const page = await shared.visitor.newPage({ onError: (text) => errors.push(text), onWarning: (text) => warnings.push(text) });
    shared.tabs.add(page);
    return new Visit(shared, page, errors, warnings);
  }

  /** The world of this visit, whole. */
  get world() {
    return /** @type {import("./world.mjs").World} */ (this.#shared.world);
  }

  /** Where the shop is visited. */
  get origin() {
    return this.#shared.origin;
  }

  /** The engine's own object, for what only one engine can do. */
  get visitor() {
    return this.#shared.visitor;
  }

  /** Takes the messages about loads that failed out of the errors, and gives them. Firefox has none. */
  failedLoads() {
    const isLoad = (/** @type {string} */ text) => this.#shared.engine.failedLoad?.test(text) ?? false;
    const all = this.errors.splice(0);
    this.errors.push(...all.filter((text) => !isLoad(text)));
    return all.filter(isLoad);
  }

  /** Opens a page of the shop and waits until the companion is up. @param {string} path */
  async open(path) {
    await this.page.goto(this.origin + path);
    await this.ready();
  }

  /** The stub's list is a plain one; the companion's is not. */
  ready() {
    return this.page.waitForFunction(() => (({ twin }) => twin?.q && twin.q.push !== Array.prototype.push)(/** @type {any} */ (window)));
  }

  /** Calls the companion as the page would, and gives its answer. @param {string} method @param {...unknown} args */
  twin(method, ...args) {
    return this.page.evaluate((/** @type {string} */ method, /** @type {unknown[]} */ args) => new Promise((resolve) => /** @type {any} */ (window).twin(method, ...args, resolve)), method, args);
  }

  cookies() {
    return this.page.evaluate(() => document.cookie);
  }

  /** The browser's own list, with HttpOnly cookies and attributes. */
  allCookies() {
    return this.visitor.cookies(this.page);
  }

  storage() {
    return this.page.evaluate(() => /** @type {Record<string, string>} */ ({ ...localStorage, ...sessionStorage }));
  }

  /** Another tab of the same visitor. @returns {Promise<Visit>} */
  tab() {
    return Visit.#open(this.#shared);
  }

  /** One page back in the history, as the Back button does it. */
  back() {
    return this.#travel(-1);
  }

  forward() {
    return this.#travel(1);
  }

  /** Puppeteer's own way waits for the page to load; one that was kept whole by the browser does not load. @param {number} steps */
  async #travel(steps) {
    const place = () => this.page.evaluate(() => document.readyState === "complete" && `${performance.timeOrigin} ${location.href}`);
    const before = await place();
    await this.page.evaluate((steps) => history.go(steps), steps);
    // On the way there is no page to ask.
    await until("another page", async () => ![before, false, undefined].includes(await place().catch(() => undefined)));
  }

  /** Cuts this visitor off from the network, or ends that. All tabs are told. @param {boolean} isOffline */
  async setOffline(isOffline) {
    const { door, tabs, visitor } = this.#shared;
    door.isOffline = isOffline;
    for (const tab of tabs) await visitor.setOffline(tab, isOffline);
  }

  /** Moves the visitor's clock: `Date` in all tabs' pages, from now on. @param {number} by_ms */
  async moveClock(by_ms) {
    await this.visitor.onNewDocument(shiftDate, by_ms);
    for (const tab of this.#shared.tabs) await tab.evaluate(shiftDate, by_ms);
  }

  /**
   * Another browser's name, to servers and pages alike. By the door, since what outlives its page keeps the old one in Firefox,
   * and WebDriver has no word for it.
   * @param {string} userAgent
   */
  async setUserAgent(userAgent) {
    this.#shared.door.userAgent = userAgent;
    await this.visitor.onNewDocument((userAgent) => Object.defineProperty(navigator, "userAgent", { get: () => userAgent }), userAgent);
  }

  /** Closes this tab alone. */
  async close() {
    this.#shared.tabs.delete(this.page);
    await this.page.close();
  }

  /** Ends the visit with all its tabs. */
  async leave() {
    await this.visitor.close();
    this.#shared.door.close();
  }
}

/** Runs in the page. @param {number} by_ms */
function shiftDate(by_ms) {
  const Before = Date;
  const now = () => Before.now() + by_ms;
  window.Date = new Proxy(Before, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
    apply: () => new Before(now()).toString(),
    get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
  });
}
