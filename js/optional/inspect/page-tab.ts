/**
 * The tab about the page as a whole: consent, Pixel, endpoint, cookies, match quality, and the switch for test events.
 */

import { make } from "../../../look/element.js";
import { type Tone, pill } from "../../../look/pill.js";
import type { Diagnosis } from "../../types.js";
import { quality } from "./line.js";
import { sayConsent } from "./status.js";

type Fact = [name: string, tone: Tone, word: string, text: string | Node];

const PIXEL: Readonly<Record<Diagnosis["pixel"], [Tone, string]>> = {
  working: ["ok", "Meta’s script has run, and has the settings of the pixel."],
  unconfigured: ["warn", "Meta’s script has run; the settings of the pixel have not come, and until then it holds its events."],
  queueing: ["warn", "Meta’s script has not run yet."],
  blocked: ["bad", "The browser could not load Meta’s script: an ad blocker, the network, or the page’s policy."],
  absent: ["plain", "There is no Pixel on this page yet; before consent there is none."],
};

const COOKIE: Readonly<Record<string, string>> = {
  cookie: "already in this browser",
  made: "made for this browser",
  remembered: "restored after the browser had deleted it",
  renewed: "new, from an ad click",
  none: "no click on an ad has led here",
};

/** Where a cookie came from, in a word. */
const shown = (source: string): string => (source === "cookie" ? "found" : source || "not read");

/** The facts, the most telling first; the panel shows their pills in its head. */
export function facts(diagnosis: Diagnosis): Fact[] {
  const { consent, consentFrom, pixel, pixelIds, endpoint, lastStatus, backlog, matchQuality, missingFields, cookieSources } = diagnosis;
  const [pixelTone, pixelText] = PIXEL[pixel];
  const isTaken = lastStatus !== undefined && lastStatus >= 200 && lastStatus < 300;
  const posts = lastStatus === undefined ? "Nothing has been posted yet." : lastStatus ? `The last answer was ${lastStatus}.` : "The last post had no answer.";
  const [, fbp = "", fbc = ""] = /fbp (\w+) fbc (\w+)/.exec(cookieSources) ?? [];
  const isGranted = consent === "granted";
  return [
    ["Consent", isGranted ? "ok" : consent === "denied" ? "bad" : "warn", consent, `It is ${sayConsent(consent, consentFrom)}.${isGranted ? "" : " Until it is granted, nothing is read, stored or sent."}`],
    ["Pixel", isGranted ? pixelTone : "plain", pixel, `${pixelText} ${pixelIds.length ? `Pixel id ${pixelIds.join(", ")}.` : "No pixel id is set."}`],
    ["Endpoint", !endpoint ? "warn" : lastStatus === undefined ? "plain" : isTaken ? "ok" : "bad", !endpoint ? "none" : lastStatus === undefined ? "no post yet" : String(lastStatus || "no answer"), endpoint ? `${endpoint}. ${posts}${backlog ? ` Still to be taken: ${backlog}.` : ""}` : "Without an endpoint no event has a server twin."],
    ["Match quality", !cookieSources || matchQuality >= 6 ? (cookieSources ? "ok" : "plain") : "warn", cookieSources ? `≈ ${matchQuality.toFixed(1)}` : "no event yet", cookieSources ? quality({ quality: matchQuality, missing: missingFields }) : "It is estimated from the fields of the last event."],
    ["_fbp", fbp && fbp !== "none" ? "ok" : "plain", shown(fbp), (fbp && COOKIE[fbp]) || "It is read with the first event."],
    ["_fbc", fbc && fbc !== "none" ? "ok" : "plain", shown(fbc), (fbc && COOKIE[fbc]) || "It is read with the first event."],
  ];
}

/** The list of facts. */
export function factList(diagnosis: Diagnosis): HTMLElement {
  return make("dl.facts", {}, ...facts(diagnosis).map(([name, tone, word, text]) => make("div", { "data-fact": name }, make("dt", {}, name), make("dd", {}, pill(tone, word), " ", text))));
}

/** Where another sender may be that the panel can't see. */
export function unseen(): HTMLElement | null {
  if (!("Shopify" in window)) return null;
  return make("p.hint", {}, "This is a Shopify shop: its Facebook & Instagram channel sends from a frame of its own, which no script of the page can look into. If its data sharing is on, each purchase counts twice.");
}

/** The switch for Meta's Test Events. `change` gets the code, or "" to end it. */
export function testSwitch(code: string, change: (code: string) => void): HTMLElement {
  const input = make("input", { id: "code", value: code, placeholder: "TEST12345", autocomplete: "off", spellcheck: "false", maxlength: 64, pattern: "\\w+", "aria-describedby": "code-help" }) as HTMLInputElement;
  const form = make(
    "form.test",
    {},
    make("label", { for: "code" }, "Test events code"),
    input,
    make("button", { type: "submit" }, code ? "Change" : "Use"),
    code ? make("button", { type: "button", id: "code-off" }, "Stop") : null,
    make("p.muted", { id: "code-help" }, code ? "Server events of this tab carry this code: they show in Test Events at once. Meta counts them like all others." : "The code that the Test Events tab of Events Manager shows. Server events of this tab then appear there at once. Meta counts them like all others."),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (/^\w*$/.test(input.value.trim())) change(input.value.trim());
    else input.reportValidity();
  });
  form.querySelector("#code-off")?.addEventListener("click", () => change(""));
  return form;
}
