/**
 * What the engines do differently, and why: the one list. A test that depends on it names it here, and either asserts what each
 * engine does or, where an engine cannot show it at all, is skipped with the reason. `npm run test:engines` prints the list.
 */

import { ENGINE } from "./engine.mjs";

/** @typedef {import("./engine.mjs").EngineName} EngineName */
/** @typedef {{ why: string, only?: EngineName[] }} Difference `only`: the engines in which the tests that name it can hold */

export const DIFFERENCES = /** @satisfies {Record<string, Difference>} */ ({
  settings: { only: ["chromium"], why: "Blocking cookies and private windows are settings of a whole browser, each engine with its own; these tests start a Chromium of their own." },
  prerender: { only: ["chromium"], why: "Firefox and WebKit have no speculation rules: no page is prepared before somebody asks for it." },
  crash: { only: ["chromium"], why: "Killing a page's process needs Chromium's own protocol; WebDriver has no word for it." },
  driverJson: { only: ["chromium", "firefox"], why: "WebKit's driver itself takes its answers out of the page by the page's JSON, objects and promises: with those replaced, nobody can ask." },
  popups: { only: ["chromium", "firefox"], why: "A window that a script opens in WebKitGTK's MiniBrowser under automation never asks for its page, and no driver reaches it." },
  referrer: { why: "Firefox tells another page no more than the origin, and WebKit only its own origin's pages the whole address." },
  moduleReferrer: { why: "As referrer of a part that the script loads, WebKit names the page, the others the script. Both go to the shop's own host." },
  hiddenCookie: { why: "Where an HttpOnly cookie stands, Chromium lets no script write one of that name; Firefox and WebKit do." },
  addresses: { why: "WebKit takes the end of an IP address for a domain, and writes [::1] without brackets in a cookie." },
  quota: { why: "Firefox and WebKit give a keepalive quota back later than the answer: a refused post is made again." },
  pictures: { why: "Firefox drops a picture that was asked for in the moment a page is left, and all engines if it closes: the Pixel event may be lost, the server twin is not." },
  preflight: { why: "WebKit lets a keepalive post die with its page while another origin is still being asked whether it may be posted to; the event is kept, and the next page posts it." },
  console: { why: "The engines word refusals differently. WebKit's are heard by nobody, since its console is listened to from inside the page; nor are pages that may not connect to their own origin." },
  wasmPolicy: { why: "WebAssembly against the policy is a violation event in Chromium and Firefox and an error on Firefox's console; WebKit keeps silent." },
  credentialless: { why: "WebKit knows no credentialless isolation: such a page is not isolated, and works." },
  transport: { why: "What is too long for an address fbevents.js submits as a form in Chrome, and sends as a beacon elsewhere." },
});

/** Options of a test that cannot hold in every engine: skipped, with the reason, where it cannot. @param {{ only: EngineName[], why: string }} difference */
export const only = ({ only, why }) => ({ skip: /** @type {string | false} */ (only.includes(ENGINE) ? false : `only in ${only.join(" and ")}: ${why}`) });

/**
 * What this engine does, where engines merely differ.
 * @template Value
 * @param {Difference} _difference that explains it
 * @param {Record<EngineName, Value>} values
 */
export const byEngine = (_difference, values) => values[ENGINE];
