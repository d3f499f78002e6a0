/**
 * Everything that a visitor's page asks for, by the browser's own account: the Network events of the page and of all that belongs
 * to it (frames of other sites, workers). Beacons and what is sent while a page is left are among them.
 */

/**
 * A request as the browser made it, and what became of it.
 * @typedef {object} WireRequest
 * @property {number} visit_page place of the visit's page in whose time it fell
 * @property {"before" | "accepted" | "rejected"} consent what the visitor had said by then
 * @property {string} document the browser's id of the document that asked
 * @property {string} document_url
 * @property {string} url
 * @property {string} method
 * @property {string} type of resource, in the browser's words
 * @property {string} body
 * @property {string[]} callers addresses of the scripts that made it, the innermost first
 * @property {number} [status]
 * @property {string} [failure] what kept it from an answer: `csp`, `client` (blocked by us), or the browser's error text
 */
/** @typedef {{ directive: string, blocked: string, kind: string, visit_page: number }} Violation of a Content-Security-Policy */
/** @typedef {import("puppeteer-core").CDPSession} Session */

/** Answers that never end (streams of events) must not hold up the visit for ever. */
const MOST_MS = 15_000;

export class Wire {
  /** @type {WireRequest[]} */
  requests = [];
  /** @type {Violation[]} */
  violations = [];
  /** What the page printed as a warning or error, and its uncaught errors. @type {{ text: string, visit_page: number }[]} */
  messages = [];
  /** What each request falls into. @type {{ visit_page: number, consent: WireRequest["consent"] }} */
  moment = { visit_page: 0, consent: "before" };
  /** Requests on their way, by the browser's id. @type {Map<string, WireRequest>} */
  #open = new Map();
  #last_ms = Date.now();
  #blocked;

  /** @param {string[]} blocked patterns of addresses that get no answer */
  constructor(blocked) {
    this.#blocked = blocked;
  }

  /** @param {import("puppeteer-core").Page} page @param {string[]} [blocked] */
  static async watch(page, blocked = []) {
    const wire = new Wire(blocked);
    await wire.#attach(await page.createCDPSession(), "");
    return wire;
  }

  /** @param {Session} session @param {string} prefix keeps the ids of different targets apart */
  async #attach(session, prefix) {
    session.on("Network.requestWillBeSent", (event) => void this.#begin(session, prefix, event));
    session.on("Network.responseReceived", ({ requestId, response, type }) => {
      this.#update(prefix + requestId, { status: response.status });
      // A page that does not read the answer's body never ends it, and streams have no end.
      if (["Fetch", "XHR", "Ping", "EventSource"].includes(type)) this.#end(prefix + requestId);
    });
    session.on("Network.loadingFinished", ({ requestId }) => this.#end(prefix + requestId));
    session.on("Network.loadingFailed", ({ requestId, errorText, blockedReason }) => {
      this.#update(prefix + requestId, { failure: blockedReason === "csp" ? "csp" : blockedReason === "inspector" ? "client" : errorText });
      this.#end(prefix + requestId);
    });
    session.on("Audits.issueAdded", ({ issue }) => {
      const details = issue.details.contentSecurityPolicyIssueDetails;
      if (!details || details.isReportOnly) return;
      this.violations.push({ directive: details.violatedDirective, blocked: details.blockedURL ?? "", kind: details.contentSecurityPolicyViolationType, visit_page: this.moment.visit_page });
    });
    session.on("Runtime.consoleAPICalled", ({ type, args }) => {
      if (type === "warning" || type === "error") this.#say(args.map(({ value, description }) => value ?? description ?? "").join(" "));
    });
    session.on("Runtime.exceptionThrown", ({ exceptionDetails }) => this.#say(exceptionDetails.exception?.description ?? exceptionDetails.text));
    session.on("sessionattached", (/** @type {Session} */ child) => void this.#attach(child, `${child.id()} `).catch(() => undefined));
    // Targets know different domains, and some are gone by now.
    const send = (/** @type {any} */ method, /** @type {any} */ parameters = {}) => session.send(method, parameters).catch(() => undefined);
    await Promise.all([
      send("Network.enable", { maxPostDataSize: 1_000_000 }),
      send("Audits.enable"),
      send("Runtime.enable"),
      this.#blocked.length > 0 && send("Network.setBlockedURLs", { urls: this.#blocked }),
      send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }),
    ]);
    await send("Runtime.runIfWaitingForDebugger");
  }

  /** @param {Session} session @param {string} prefix @param {import("puppeteer-core").Protocol.Network.RequestWillBeSentEvent} event */
  async #begin(session, prefix, { requestId, loaderId, documentURL, request, type, initiator, redirectResponse }) {
    const key = prefix + requestId;
    this.#last_ms = Date.now();
    if (redirectResponse) this.#update(key, { status: redirectResponse.status });
    // A script's own address, or an image's inside the page, is nobody's business on the network.
    if (!/^https?:/.test(request.url)) return;
    /** @type {WireRequest} */
    const entry = { ...this.moment, document: loaderId, document_url: documentURL, url: request.url, method: request.method, type: type ?? "", body: bodyOf(request), callers: callers(initiator) };
    this.requests.push(entry);
    this.#open.set(key, entry);
    if (request.hasPostData && !entry.body) {
      const answer = await session.send("Network.getRequestPostData", { requestId }).catch(() => undefined);
      entry.body = answer?.postData ?? "";
    }
  }

  /** @param {string} key @param {Partial<WireRequest>} news */
  #update(key, news) {
    const entry = this.#open.get(key);
    if (entry) Object.assign(entry, news);
  }

  /** @param {string} key */
  #end(key) {
    this.#last_ms = Date.now();
    this.#open.delete(key);
  }

  /** @param {string} text */
  #say(text) {
    this.messages.push({ text: text.slice(0, 500), visit_page: this.moment.visit_page });
  }

  /**
   * Comes back when nothing has been asked for and the page has been idle for so long.
   * @param {import("puppeteer-core").Page} page @param {number} idle_ms
   */
  async quiet(page, idle_ms) {
    const end_ms = Date.now() + MOST_MS;
    for (;;) {
      // A page that is busy or on its way to another answers later, or not at all.
      await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2000 }))).catch(() => undefined);
      const since_ms = Date.now() - this.#last_ms;
      if ((this.#open.size === 0 && since_ms >= idle_ms) || Date.now() > end_ms) return;
      await new Promise((resolve) => setTimeout(resolve, Math.max(50, idle_ms - since_ms)));
    }
  }
}

/** @param {import("puppeteer-core").Protocol.Network.Request} request */
function bodyOf({ postData, postDataEntries }) {
  return postData ?? (postDataEntries ?? []).map(({ bytes }) => Buffer.from(bytes ?? "", "base64").toString()).join("");
}

/** @param {import("puppeteer-core").Protocol.Network.Initiator} initiator */
function callers({ stack, url }) {
  const found = new Set(url ? [url] : []);
  for (let level = stack; level; level = level.parent) for (const { url } of level.callFrames) if (url) found.add(url);
  return [...found];
}
