/**
 * A page of WebKit with the methods of puppeteer's that the tests use.
 */

import { writeFile } from "node:fs/promises";
import { until } from "../until.mjs";
import { WebDriverError } from "./webdriver.mjs";

/** The key of an element in WebDriver's answers. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
/** Keys that have a name, in WebDriver's code. @type {Record<string, string>} */
const KEYS = { Enter: "\ue007", Tab: "\ue004", Escape: "\ue00c", Backspace: "\ue003", ArrowDown: "\ue015", ArrowUp: "\ue013", ArrowRight: "\ue014", ArrowLeft: "\ue012", Home: "\ue011", End: "\ue010" };

/**
 * Runs in the page: calls a function, and gives its answer or, for a promise, the number under which {@link COLLECT} finds
 * it. WebDriver's own way of waiting for a promise would keep all other commands waiting, too. The function is part of the
 * script, since the page's policy may forbid eval.
 * @param {string} code
 */
const call = (code) => `
const $call = { args: arguments[0], key: Symbol.for("pixel-twin's tests"), answer: { url: location.href } };
if (!($call.key in window)) Object.defineProperty(window, $call.key, { value: new Map() });
$call.pending = window[$call.key];
try {
  $call.value = (${code})(...$call.args);
  if (typeof $call.value?.then !== "function") return { ...$call.answer, value: $call.value, isNull: $call.value === null };
  $call.number = $call.pending.size;
  $call.pending.set($call.number, undefined);
  (async () => {
    try {
      const value = await $call.value;
      $call.pending.set($call.number, { value, isNull: value === null });
    } catch (error) {
      $call.pending.set($call.number, { error: String(error) });
    }
  })();
  return { ...$call.answer, number: $call.number };
} catch (error) {
  return { ...$call.answer, error: String(error) };
}`;

/** Runs in the page. */
const COLLECT = `
const pending = window[Symbol.for("pixel-twin's tests")];
if (!pending?.has(arguments[0])) return { error: "the page was left" };
const answer = pending.get(arguments[0]);
return answer ? { url: location.href, ...answer } : { isWaiting: true };`;

/** Runs in the page. */
const DEEP = `
const [selector] = arguments;
const find = (root) => root.querySelector(selector) ?? [...root.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot && find(shadowRoot)).find(Boolean);
return find(document);`;

/** The same function, whose answer need not be one that the driver can carry. @param {Function} code */
const isTrue = (code) => `(...args) => { const value = (${code})(...args); return typeof value?.then === "function" ? value.then(Boolean) : Boolean(value); }`;

/** Which document this is, and how far: a document's time of origin is its own. */
const readPlace = () => ({ place: `${performance.timeOrigin} ${location.href}`, state: document.readyState });

export class WebKitPage {
  #session;
  #handle;
  #door;
  #url = "about:blank";
  #isClosed = false;

  /** @param {import("./webdriver.mjs").Session} session @param {string} handle of its window @param {import("../proxy.mjs").Door} door */
  constructor(session, handle, door) {
    this.#session = session;
    this.#handle = handle;
    this.#door = door;
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  #command(method, path, body) {
    return this.#session.command(this.#handle, method, path, body);
  }

  /** @param {string} script @param {...unknown} args */
  async #execute(script, ...args) {
    const answer = await this.#command("POST", "/execute/sync", { script, args });
    if (answer.url) this.#url = answer.url;
    return answer;
  }

  /** @param {string | Function} code @param {...unknown} args @returns {Promise<any>} */
  async evaluate(code, ...args) {
    const text = typeof code === "function" ? String(code) : `() => (${code.replace(/;\s*$/, "")})`;
    let answer = await this.#execute(call(text), args);
    if ("number" in answer) {
      const { number } = answer;
      answer = await until("the page's promise", async () => {
        const answer = await this.#execute(COLLECT, number);
        return !answer.isWaiting && answer;
      }, () => text);
    }
    if ("error" in answer) throw new Error(answer.error);
    // The driver knows no undefined.
    return answer.value ?? (answer.isNull ? null : undefined);
  }

  /** In all tabs of the visitor: the proxy puts it into every page. @param {Function} code @param {...unknown} args */
  async evaluateOnNewDocument(code, ...args) {
    this.#door.scripts.push(`(${code})(...${JSON.stringify(args)});`);
  }

  /** @param {Function} code @param {object} [_options] @param {...unknown} args */
  async waitForFunction(code, _options, ...args) {
    await until(String(code), () => this.#call(isTrue(code), ...args).catch(between), () => this.#url);
  }

  /**
   * Does something that leads to another document or address, and waits until that is there.
   * @param {() => Promise<unknown>} leave @param {{ waitUntil?: string }} [options]
   */
  async #navigate(leave, options) {
    const { place: before } = await this.#place();
    await leave();
    await this.#arrive(before, options);
  }

  async #place() {
    return until("a document", () => this.evaluate(readPlace).catch(between));
  }

  /** @param {string} before @param {{ waitUntil?: string }} [options] */
  async #arrive(before, { waitUntil = "load" } = {}) {
    await until("another page", async () => {
      const { place, state } = await this.#place();
      return place !== before && (state === "complete" || (state === "interactive" && waitUntil === "domcontentloaded"));
    }, () => this.#url);
  }

  async waitForNavigation() {
    await this.#arrive((await this.#place()).place);
  }

  /** @param {string} url @param {{ waitUntil?: string }} [options] */
  goto(url, options) {
    return this.#navigate(() => this.#command("POST", "/url", { url }), options);
  }

  reload() {
    return this.#navigate(() => this.#command("POST", "/refresh", {}));
  }

  goBack() {
    return this.#navigate(() => this.#command("POST", "/back", {}));
  }

  goForward() {
    return this.#navigate(() => this.#command("POST", "/forward", {}));
  }

  url() {
    return this.#url;
  }

  title() {
    return this.#command("GET", "/title");
  }

  content() {
    return this.evaluate(() => document.documentElement.outerHTML);
  }

  /** @param {string} selector */
  async #find(selector) {
    // As puppeteer writes it: also in open shadow roots.
    const deep = selector.startsWith(">>> ") && selector.slice(4);
    const found = deep
      ? await this.#command("POST", "/execute/sync", { script: DEEP, args: [deep] })
      : await this.#command("POST", "/element", { using: "css selector", value: selector });
    return `/element/${found[ELEMENT]}`;
  }

  /** @param {string} selector @param {{ count?: number }} [options] */
  async click(selector, { count = 1 } = {}) {
    const element = await this.#find(selector);
    if (count === 1) return this.#command("POST", `${element}/click`, {});
    const origin = { [ELEMENT]: element.replace("/element/", "") };
    const press = ["pointerDown", "pointerUp"].map((type) => ({ type, button: 0 }));
    const actions = [{ type: "pointerMove", origin, x: 0, y: 0 }, ...Array(count).fill(press).flat()];
    await this.#command("POST", "/actions", { actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }] });
  }

  /** A frame on another address, in which one can type. @param {string} url */
  async waitForFrame(url) {
    const selector = `iframe[src="${url}"]`;
    await this.waitForSelector(selector);
    return {
      type: async (/** @type {string} */ field, /** @type {string} */ text) => {
        await this.click(selector);
        const frame = (await this.#find(selector)).replace("/element/", "");
        await this.#command("POST", "/frame", { id: { [ELEMENT]: frame } });
        await until(field, () => this.type(field, text).then(() => true, between));
        await this.#command("POST", "/frame", { id: null });
      },
    };
  }

  /** @param {string} selector */
  async focus(selector) {
    await this.$eval(selector, (/** @type {HTMLElement} */ element) => element.focus());
  }

  /** @param {string} selector @param {string} text */
  async type(selector, text) {
    await this.#command("POST", `${await this.#find(selector)}/value`, { text });
  }

  /** Sets it as puppeteer does. @param {string} selector @param {...string} values */
  async select(selector, ...values) {
    return this.$eval(
      selector,
      (/** @type {HTMLSelectElement} */ element, /** @type {string[]} */ values) => {
        for (const option of element.options) option.selected = values.includes(option.value);
        for (const type of ["input", "change"]) element.dispatchEvent(new Event(type, { bubbles: true }));
      },
      values,
    );
  }

  /** @param {string} selector @param {Function} code @param {...unknown} args */
  $eval(selector, code, ...args) {
    return this.#withElements(`const element = document.querySelector(selector); if (!element) throw new Error("nothing is " + selector); return (${code})(element, ...args);`, selector, args);
  }

  /** @param {string} selector @param {Function} code @param {...unknown} args */
  $$eval(selector, code, ...args) {
    return this.#withElements(`return (${code})([...document.querySelectorAll(selector)], ...args);`, selector, args);
  }

  /** @param {string} body @param {string} selector @param {unknown[]} args */
  #withElements(body, selector, args) {
    return this.#call(`(selector, args) => { ${body} }`, selector, args);
  }

  /** @param {string} code of a function @param {...unknown} args */
  #call(code, ...args) {
    return this.evaluate(`(${code})(...${JSON.stringify(args)})`);
  }

  /** @param {string} selector @param {{ visible?: boolean, hidden?: boolean }} [options] */
  async waitForSelector(selector, { visible = false, hidden = false } = {}) {
    await this.waitForFunction(
      (/** @type {string} */ selector, /** @type {boolean} */ visible, /** @type {boolean} */ hidden) => {
        const element = document.querySelector(selector);
        const isVisible = element !== null && element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";
        return hidden ? !isVisible : visible ? isVisible : element !== null;
      },
      {},
      selector,
      visible,
      hidden,
    );
  }

  keyboard = {
    /** @param {string} name */
    press: (name) => this.#keys([KEYS[name] ?? name]),
    /** @param {string} text */
    type: (text) => this.#keys([...text]),
  };

  /** @param {string[]} keys */
  async #keys(keys) {
    const actions = keys.flatMap((value) => ["keyDown", "keyUp"].map((type) => ({ type, value })));
    await this.#command("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** @param {{ width: number, height: number }} size of the page itself */
  async setViewport({ width, height }) {
    const [innerWidth, innerHeight] = await this.evaluate(() => [innerWidth, innerHeight]);
    const rect = await this.#command("GET", "/window/rect");
    await this.#command("POST", "/window/rect", { width: rect.width + width - innerWidth, height: rect.height + height - innerHeight });
  }

  /** @param {{ path?: string }} [options] */
  async screenshot({ path } = {}) {
    const image = Buffer.from(await this.#command("GET", "/screenshot"), "base64");
    if (path) await writeFile(path, image);
    return image;
  }

  /** The cookies that hold for the page's address. @returns {Promise<any[]>} */
  cookies() {
    return this.#command("GET", "/cookie");
  }

  async bringToFront() {
    await this.#command("GET", "/window");
  }

  isClosed() {
    return this.#isClosed;
  }

  async close() {
    this.#isClosed = true;
    await this.#command("DELETE", "/window");
  }
}

/** Between two documents there is nobody to ask. @param {unknown} error @returns {undefined} */
function between(error) {
  if (error instanceof WebDriverError && ["javascript error", "no such window", "no such frame", "unknown error", "timeout", "script timeout"].includes(error.code)) return undefined;
  throw error;
}
