/**
 * The companion's object, and what it keeps in memory between two calls of the module.
 */

import { clean, idText, joined, options as readOptions, params as readParams, MARK, user as readUser } from "./call.js";
import { ID_INVALID, OPTION_INVALID, WAITING_FULL } from "./codes.js";
import * as consent from "./consent.js";
import { hear, heard } from "./heard.js";
import * as lifecycle from "./lifecycle.js";
import { now_ms } from "./lifecycle.js";
import { notices, report } from "./notices.js";
import { release, whenThere } from "./lookup.js";
import * as outbox from "./outbox.js";
import { askModule, matched, sources } from "./page.js";
import { part } from "./parts.js";
import * as pixel from "./pixel.js";
import { cookies, forget, get, inspected, remove, set } from "./storage.js";
import type adoptPart from "./optional/adopt.js";
import type viewsPart from "./optional/views.js";
import type { Settings } from "./settings.js";
import type { Moment, Twin } from "./types.js";
import { attempt, enter } from "./wall.js";

/** The package's version, put in by webpack. */
declare const VERSION: string;

type Adopt = typeof adoptPart;
type Views = typeof viewsPart;

/** Most events that wait for consent; the oldest is dropped first. */
const MAX_WAITING = 100;

/** What the module is asked, see `src/lib.rs`. */
const CHOOSE_ID = 0;
const HASH = 1;
const DELIVER = 3;
const ESTIMATE = 4;

/** A customer with hashes in the place of values. */
const hashed = (user: string): string => enter(() => askModule(HASH, now_ms() + MARK + user + MARK)) ?? "";

/** What fields are worth: an estimate in tenths, then what would add most. */
const estimate = (fields: string): string[] => (enter(() => askModule(ESTIMATE, fields + MARK)) ?? "").split(" ");

/** `track` for a call that was made earlier: before the companion was there. */
export let trackAt: (moment: Moment, name: unknown, params: unknown, options: unknown, adopted?: string, ids?: unknown, isFresh?: unknown) => string;

export function makeTwin(settings: Settings, adopt?: Adopt, views?: Views): Twin {
  const { pixelId: pixelIds, dataProcessingOptionsCountry: country, dataProcessingOptionsState: state } = settings;
  /** Meta is to limit the use of the data: because the shop says so, or the visitor's browser. */
  const isLimited = settings.dataProcessingOptions || (settings.gpc === "limit" && consent.isGpcOn());
  const more = isLimited ? `"data_processing_options":["LDU"],"data_processing_options_country":${country},"data_processing_options_state":${state}` : "";
  let waiting: string[] = [];
  /** Whether the page is in use, with the visitor's consent. */
  let isOpen = false;
  /** The customer as the shop has named them; `undefined`: it has not said anything. */
  let identified: string | undefined;
  /** The customer as the page's own fields say, in hashes. */
  let found = "";
  let endForms: (() => void) | undefined;

  /** Sends what waits, as soon as that is allowed. */
  function flow(): void {
    if (consent.state !== "granted" || lifecycle.isPrerendered()) return;
    if (!isOpen) open();
    whenThere(() => isOpen && waiting.splice(0).forEach(send));
  }

  /** What consent allows from its first moment on: the Pixel's script, and what earlier pages left to post. */
  function open(): void {
    isOpen = true;
    // A page without <head>, or with a policy against scripts, has no Pixel; the server twin does not need it.
    if (pixelIds.length) attempt(() => pixel.load(settings.pixelScript));
    if (isLimited) pixel.call("dataProcessingOptions", ["LDU"], +country, +state);
    if (settings.pageViews === "spa") pixel.leaveViewsToUs();
    attempt(() => outbox.open(settings.endpoint));
    remember();
    const code = inspected();
    if (code !== undefined) {
      outbox.test(code);
      twin.inspect();
    }
    if (settings.autoIdentify) {
      void part("forms").then((forms) => {
        if (isOpen && !endForms) endForms = forms?.((user) => {
          const text = readUser(user);
          whenThere(() => {
            found = isOpen ? hashed(text) : "";
            remember();
          });
        });
      });
    }
    // What the stub of an earlier page has kept, because that page ended before the companion was there.
    for (const [moment, , name, params, options] of (attempt(() => JSON.parse(get("q"))) ?? []) as [Moment, "track", ...unknown[]][]) track(moment, name, params, options);
    remove("q");
  }

  /** Keeps the customer for later pages, or knows them from earlier ones. */
  const remember = (): void => whenThere(() => {
    if (!settings.remember || !isOpen) return;
    if (identified === undefined) identified = get("user");
    if (identified || found) set("user", hashed(identified) + found);
    else remove("user");
  });

  function send(call: string): void {
    const [ids = "", adopted, , route, name, id, , , , , params] = call.split(MARK);
    hear("send", id);
    if (enter(() => (askModule(DELIVER, call + joined(identified ?? "", found)), true))) return;
    // Without the module there is no server twin, but the Pixel event goes, with its id.
    if (!adopted && route !== "server" && route !== "none") ids.split(",").map((pixelId) => pixel.fire(joined(pixelId, "", "", "trackSingle", name, id, params)));
  }

  /** `adopted`: not empty if the page has fired the event itself; `ids`: of its pixels; `isFresh`: its `eventId` never comes again. */
  function track([time_ms, url, referrer = ""]: Moment, name: unknown, params: unknown, options: unknown, adopted = "", ids: unknown = pixelIds, isFresh?: unknown): string {
    consent.check();
    const eventName = idText(name) ?? "";
    const { own, order, user, route } = readOptions(options);
    const id = enter(() => askModule(CHOOSE_ID, joined(own, order))) ?? (own || (order && "order_" + order) || attempt(() => crypto.randomUUID()) || String(Math.random()));
    if (!id.includes((own || order).trim())) report(ID_INVALID, own ? "eventId" : "orderId");
    hear("track", id, eventName, adopted);
    // Only without a word of the shop's own against it: a signal may still change.
    if (consent.state !== "denied" || consent.source !== "call") {
      waiting.push(joined(ids, adopted, settings.routing, route || settings.routes[eventName] || "", eventName, id, isFresh ? "" : own || order, time_ms, clean(url), clean(referrer), readParams(params), more) + user + MARK);
      if (waiting.length > MAX_WAITING) {
        waiting.shift();
        report(WAITING_FULL, "consent");
      }
    }
    flow();
    return id;
  }

  // Clock and page are taken when the shop calls, even if consent comes a minute later and the page has moved on.
  const now = (): Moment => [now_ms(), location.href, document.referrer];

  const twin: Twin = {
    track: (name, params, options) => track(now(), name, params, options),
    identify(user) {
      identified = readUser(user);
      if (isOpen) remember();
    },
    consent(decision) {
      if (decision === "grant") consent.decide("granted");
      else if (decision === "revoke") consent.decide("denied");
      else report(OPTION_INVALID, "consent");
    },
    dataLayer(source, options) {
      // Before consent, too: its events wait like all others, with their own time and page.
      void part("data-layer").then((dataLayer) => dataLayer?.(twin.track, source, options));
    },
    inspect() {
      void part("inspect").then((inspect) => inspect?.(twin, heard, estimate, part, outbox.test));
    },
    flush: outbox.flush,
    hash(field, value) {
      const user = readUser({ [String(field)]: value });
      // Where it takes the names of countries or the like, the next call has them.
      if (isOpen) whenThere(() => {});
      return hashed(user).split(MARK)[1] || null;
    },
    diagnose() {
      const found = isOpen ? (cookies().match(/_fb[cp]=[^;]*/g) ?? []) : [];
      // The endpoint adds the visitor's address and browser.
      const fields = matched + "client_ip_address client_user_agent " + found.map((cookie) => cookie.slice(1, 4)).join(" ");
      const [tenths = "", ...missingFields] = estimate(fields);
      return {
        version: VERSION,
        consent: consent.state,
        consentFrom: consent.source,
        pixelIds,
        routing: settings.routing,
        pixel: attempt(() => pixel.state(pixelIds)) ?? "absent",
        endpoint: settings.endpoint,
        lastStatus: outbox.lastStatus,
        delivered_ms: outbox.delivered_ms,
        waitingForConsent: waiting.length,
        backlog: outbox.backlog(),
        cookies: found,
        cookieSources: sources,
        matchQuality: +tenths / 10,
        missingFields,
        notices: notices(),
      };
    },
  };

  lifecycle.whenShown(flow);
  lifecycle.watch(release, () => {});
  consent.watch(settings, (before) => {
    if (consent.state === "granted") {
      // What the shop itself has told the Pixel, it has told us by hand or by the page's signals.
      if (consent.source !== "option") pixel.call("consent", "grant");
      flow();
    } else if (before === "granted" || (consent.state === "denied" && consent.source === "call")) {
      isOpen = false;
      waiting = [];
      identified = undefined;
      found = "";
      endForms?.();
      endForms = undefined;
      outbox.drop();
      attempt(pixel.revoke);
      forget();
    }
  });
  attempt(() => adopt?.(pixelIds, pixel.calls, (name, params, options) => track(now(), name, params, options, "true")));
  attempt(() => views?.((referrer) => track([now_ms(), location.href, referrer], "PageView", undefined, undefined)));
  if (/[?&]twin-inspect\b/.test(location.search)) twin.inspect();
  flow();
  trackAt = track;
  for (const [name, method] of Object.entries(twin)) Object.assign(twin, { [name]: (...given: unknown[]) => attempt(() => (method as (...given: unknown[]) => unknown)(...given)) });
  return twin;
}
