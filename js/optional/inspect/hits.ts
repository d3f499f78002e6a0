/**
 * What the browser itself says of Meta's requests: those that it has made, and those that the page's policy has stopped.
 */

/** One request of a Pixel event. */
export interface Hit {
  ms: number;
  pixel: string;
  name: string;
  id: string;
  /** Who has set the pixel up: a platform's plugin says so. */
  agent: string;
  /** Names of the customer's fields on it. */
  fields: string[];
}

/** What an event and a report of the policy's both say, each by its own name. */
type Violation = { blockedURI?: string; blockedURL?: string; disposition: string };

/** Most that are kept. */
const MOST = 1000;

/** What the library sends by itself, besides what pages ask of it. */
const AUTOMATIC = /^(SubscribedButtonClick|Microdata|InputData|FormSubmit)/;

export class Hits {
  /** By name and id of the event. */
  #hits = new Map<string, Hit>();
  /** Those of them that were stopped: some browsers list them all the same. */
  #stoppedHits = new Set<string>();
  /** Which kinds of Meta's requests the page's Content-Security-Policy has stopped. */
  stopped = new Set<"script" | "settings" | "event">();
  #news: () => void;

  /** Starts to listen. `news`: called when something has come. */
  constructor(news: () => void) {
    this.#news = news;
    // What was before us is in the browser's own list, as far as that reaches.
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => this.#take(entry))).observe({ type: "resource", buffered: true });
    document.addEventListener("securitypolicyviolation", (event) => this.#stopped(event));
    // Violations from before us: not every browser keeps them.
    if (typeof ReportingObserver === "function") new ReportingObserver((reports) => reports.forEach(({ body }) => this.#stopped(body as unknown as Violation)), { types: ["csp-violation"], buffered: true }).observe();
  }

  all = (): Hit[] => [...this.#hits].filter(([key]) => !this.#stoppedHits.has(key)).map(([, hit]) => hit);

  of = (name: string, id: string): Hit | undefined => (this.#stoppedHits.has(`${name} ${id}`) ? undefined : this.#hits.get(`${name} ${id}`));

  #stopped({ blockedURI, blockedURL = blockedURI, disposition }: Violation): void {
    const [, what = ""] = /(\/fbevents\.js|\/signals\/config|\/tr\b)/.exec(blockedURL ?? "") ?? [];
    if (!what || disposition === "report") return;
    const said = new URLSearchParams(blockedURL?.replace(/^[^?]*/, ""));
    this.#stoppedHits.add(`${said.get("ev")} ${said.get("eid")}`);
    this.stopped.add(what === "/tr" ? "event" : what === "/fbevents.js" ? "script" : "settings");
    this.#news();
  }

  #take({ name: address, startTime }: PerformanceEntry): void {
    const [, query] = /\/tr\/?\?(.*)$/.exec(address) ?? [];
    if (!query) return;
    const said = new URLSearchParams(query);
    const get = (key: string) => said.get(key) ?? "";
    if (!/^\d+$/.test(get("id")) || !get("ev") || get("es") === "automatic" || AUTOMATIC.test(get("ev"))) return;
    const keys = [...said.keys()];
    const fields = keys.flatMap((key) => /^udf?f?\[(\w+)\]$/.exec(key)?.[1] ?? (/^fb[cp]$/.test(key) ? key : []));
    this.#hits.set(`${get("ev")} ${get("eid") || startTime}`, { ms: Math.round(performance.timeOrigin + startTime), pixel: get("id"), name: get("ev"), id: get("eid"), agent: get("a"), fields: [...new Set(fields)] });
    if (this.#hits.size > MOST) this.#hits.delete([...this.#hits.keys()][0]!);
    this.#news();
  }
}
