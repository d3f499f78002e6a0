/**
 * The companion's object, and what it keeps in memory between two calls of the module.
 */

import { clean, idText, options as readOptions, params as readParams, MARK, user as readUser } from "./call.js";
import { ID_INVALID, OPTION_INVALID, WAITING_FULL } from "./codes.js";
import { notices, report } from "./notices.js";
import * as outbox from "./outbox.js";
import { askModule, random } from "./page.js";
import * as parts from "./parts.js";
import * as pixel from "./pixel.js";
import { cookies, forget } from "./storage.js";
import type { Settings } from "./settings.js";
import type { Diagnosis, Twin } from "./types.js";
import { attempt, enter } from "./wall.js";

/** The package's version, put in by webpack. */
declare const VERSION: string;

/** Most events that wait for consent; the oldest is dropped first. */
const MAX_WAITING = 100;

/** What the module is asked, see `src/lib.rs`. */
const CHOOSE_ID = 0;
const HASH = 1;
const DELIVER = 2;

/** Texts with a mark after each. */
const joined = (...texts: unknown[]): string => texts.map((text) => text + MARK).join("");

export function makeTwin(settings: Settings): Twin {
  let consent: Diagnosis["consent"] = settings.consent === "required" ? "unknown" : "granted";
  let waiting: string[] = [];
  let identified = "";
  /** The customer as the page's own fields say. */
  let found = "";
  let endForms: (() => void) | undefined;

  /** What consent allows from its first moment on: the Pixel's script, and what earlier pages left to post. */
  const open = () => {
    // A page without <head>, or with a policy against scripts, has no Pixel; the server twin does not need it.
    if (settings.pixelId.length) attempt(() => pixel.load(settings.pixelScript));
    outbox.open(settings.endpoint);
    if (settings.autoIdentify) void parts.forms().then((forms) => consent === "granted" && (endForms = forms?.((user) => (found = readUser(user)))));
  };
  const send = (call: string) => {
    if (enter(() => (askModule(DELIVER, call + joined(identified, found)), true))) return;
    // Without the module there is no server twin, but the Pixel event goes, with its id.
    const [ids = "", , route, name, id, , , , , params] = call.split(MARK);
    if (route !== "server" && route !== "none") ids.split(",").map((pixelId) => pixel.fire(joined(pixelId, "", "", "trackSingle", name, id, params)));
  };

  const twin: Twin = {
    track(name, params, options) {
      const eventName = idText(name) ?? "";
      const { own, order, user, route } = readOptions(options);
      const id = enter(() => askModule(CHOOSE_ID, joined(own, order))) ?? (own || (order ? "order_" + order : attempt(() => crypto.randomUUID()) ?? Date.now() + "." + random()));
      if (!id.includes((own || order).trim())) report(ID_INVALID, own ? "eventId" : "orderId");
      // Clock and page are taken now, even if consent comes a minute later and the page has moved on.
      const call =
        joined(
          settings.pixelId,
          settings.routing,
          route || settings.routes[eventName] || "",
          eventName,
          id,
          own || order,
          Date.now(),
          clean(location.href),
          clean(document.referrer),
          readParams(params),
        ) + user + MARK;
      if (consent === "granted") send(call);
      else if (consent === "unknown" && waiting.push(call) > MAX_WAITING) {
        waiting.shift();
        report(WAITING_FULL, "consent");
      }
      return id;
    },
    identify(user) {
      identified = readUser(user);
    },
    consent(decision) {
      if (decision === "grant") {
        if (consent !== "granted") {
          consent = "granted";
          open();
          pixel.call("consent", decision);
        }
        waiting.splice(0).forEach(send);
      } else if (decision === "revoke") {
        consent = "denied";
        waiting = [];
        identified = found = "";
        endForms?.();
        outbox.drop();
        pixel.call("consent", decision);
        forget();
      } else report(OPTION_INVALID, "consent");
    },
    dataLayer(source, options) {
      void parts.dataLayer().then((dataLayer) => dataLayer?.(twin.track, source, options));
    },
    flush: outbox.flush,
    hash: (field, value) => enter(() => askModule(HASH, joined(idText(field) ?? "", idText(value) ?? "", Date.now()))) || null,
    diagnose: () => ({
      version: VERSION,
      consent,
      pixelIds: settings.pixelId,
      pixel: pixel.state(settings.pixelId),
      endpoint: settings.endpoint,
      lastStatus: outbox.lastStatus,
      waitingForConsent: waiting.length,
      backlog: outbox.backlog(),
      cookies: consent === "granted" ? (cookies().match(/_fb[cp]=[^;]*/g) ?? []) : [],
      notices: notices(),
    }),
  };
  if (consent === "granted") open();
  return twin;
}
