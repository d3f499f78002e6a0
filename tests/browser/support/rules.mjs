/**
 * What a test tells the network to do: which requests to block, hold, cut or answer.
 */

/** @typedef {(url: URL) => boolean} Filter */
/** @typedef {{ status?: number, type?: string, headers?: Record<string, string | string[]>, body?: string | Buffer }} Answer */
/** @typedef {Answer | ((request: import("./proxy.mjs").Seen) => Answer | undefined)} Answers `undefined`: the host answers itself */
/**
 * Requests that wait.
 * @typedef {object} Hold
 * @property {import("./proxy.mjs").Seen[]} requests that have come so far
 * @property {() => void} release
 */

export class Rules {
  /** @type {Set<Filter>} */
  #blocked = new Set();
  /** @type {Set<Filter>} */
  #cut = new Set();
  /** By URL without its query. @type {Map<string, Answers>} */
  #answers = new Map();
  /** @type {Set<{ filter: Filter, hold: Hold, released: Promise<void> }>} */
  #holds = new Set();

  /** @param {Set<Filter>} filters @param {Filter} filter */
  static #add(filters, filter) {
    filters.add(filter);
    return () => filters.delete(filter);
  }

  /** @param {Filter} filter */
  block = (filter) => Rules.#add(this.#blocked, filter);

  /** @param {Filter} filter */
  cut = (filter) => Rules.#add(this.#cut, filter);

  /** @param {Filter} filter @returns {Hold} */
  hold(filter) {
    let go = () => {};
    const entry = {
      filter,
      released: new Promise((/** @type {(value: void) => void} */ resolve) => (go = resolve)),
      hold: {
        requests: /** @type {import("./proxy.mjs").Seen[]} */ ([]),
        release: () => {
          this.#holds.delete(entry);
          go();
        },
      },
    };
    this.#holds.add(entry);
    return entry.hold;
  }

  /** @param {string} url @param {Answers} answer */
  setAnswer(url, answer) {
    this.#answers.set(url, answer);
    return () => this.#answers.delete(url);
  }

  /** @param {URL} url */
  blocks = (url) => [...this.#blocked].some((blocks) => blocks(url));

  /** @param {URL} url */
  cuts = (url) => [...this.#cut].some((cuts) => cuts(url));

  /** Comes back when nothing holds the request any more. @param {URL} url @param {import("./proxy.mjs").Seen} request */
  async held(url, request) {
    for (const { filter, hold, released } of this.#holds) {
      if (!filter(url)) continue;
      hold.requests.push(request);
      await released;
    }
  }

  /** @param {URL} url @param {import("./proxy.mjs").Seen} request */
  answer(url, request) {
    const answer = this.#answers.get(url.origin + url.pathname);
    return typeof answer === "function" ? answer(request) : answer;
  }

  /** What waits is let go. */
  clear() {
    this.#blocked.clear();
    this.#cut.clear();
    this.#answers.clear();
    for (const { hold } of [...this.#holds]) hold.release();
  }
}
