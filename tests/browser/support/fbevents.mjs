/**
 * Meta's real library at Meta's own address, for whoever has a copy: `FBEVENTS_JS=/path/to/fbevents.js`, and for a pixel's own
 * settings `FBEVENTS_CONFIG=/path/to/its/config.js`. The repository neither has nor fetches one.
 */

import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { posts } from "./twins.mjs";
import { setStage } from "./stage.mjs";
import { until } from "./until.mjs";
import { PIXEL_ID } from "./world.mjs";

/** @typedef {import("./stage.mjs").Visit} Visit */
/** What a pixel has set in Meta's Events Manager: `bare` is the least that the library takes, `own` is that of the copy. @typedef {"bare" | "own"} Settings */

const { FBEVENTS_JS, FBEVENTS_CONFIG } = process.env;

export const ORIGIN = "https://www.shop.example";
/** Where the library comes from, and asks for a pixel's settings. */
const META = "https://connect.facebook.net";
const LIBRARY = `${META}/en_US/fbevents.js`;
/** Where it sends events. */
const HITS = "https://www.facebook.com/tr/";
const SETTINGS_PATH = "/signals/config/";

export const isLibrary = (/** @type {URL} */ url) => url.href.startsWith(LIBRARY);
export const isSettings = (/** @type {URL} */ url) => url.href.startsWith(META + SETTINGS_PATH);
export const isHit = (/** @type {URL} */ url) => `${url.origin}${url.pathname}/`.startsWith(HITS);

const library = FBEVENTS_JS && (await readFile(FBEVENTS_JS));
const own = FBEVENTS_CONFIG ? await readFile(FBEVENTS_CONFIG, "utf8") : "";
/** Settings are of one pixel. */
export const ID = /configLoaded\("(\d+)"\)|"pixelID":"?(\d+)/.exec(own)?.slice(1).find(Boolean) ?? PIXEL_ID;
const bare = (/** @type {string} */ id) => `fbq.registerPlugin("${id}",{__fbEventsPlugin:1,plugin:function(fbq,instance,config){instance.configLoaded("${id}")}});`;

/** No world is started where there is nothing to see. */
const stage = library ? setStage() : undefined;
/** The stage, in a test that runs. */
export const onStage = () => /** @type {import("./stage.mjs").Stage} */ (stage);

/** A pixel beside ours, with bare settings. */
export const OTHER = "5555555555";

/**
 * A test with a visitor of its own, once for each kind of settings. Without a copy it is skipped.
 * @param {string} name @param {(visit: Visit, settings: Settings) => Promise<void>} body
 */
export function beside(name, body) {
  for (const settings of /** @type {Settings[]} */ (own ? ["bare", "own"] : ["bare"])) {
    const title = `${name}, ${settings} settings`;
    if (!library) test(title, { skip: "set FBEVENTS_JS" }, () => {});
    else onStage().visiting(title, async (visit) => {
      const { proxy } = onStage().world;
      proxy.answer(LIBRARY, { type: "text/javascript", body: library });
      for (const url of [HITS, HITS.slice(0, -1), `${META}/log/error`]) proxy.answer(url, { type: "image/gif" });
      for (const id of [ID, OTHER]) proxy.answer(META + SETTINGS_PATH + id, { type: "text/javascript", body: settings === "own" && id === ID ? own : bare(id) });
      await body(visit, settings);
    }, { origin: ORIGIN, failedLoads: true });
  }
}

/**
 * Puts a page with our tag on the shop's host, and gives its address.
 * @param {import("./stage.mjs").Page} [page]
 */
export const page = ({ data, ...rest } = {}) => onStage().serve(`${ORIGIN}/page`, { data: { "pixel-id": ID, "pixel-script": undefined, ...data }, ...rest });

/** The base code that Meta gives out, with these inits. @param {...string} calls after it, as code */
export const baseCode = (...calls) => `<script>!function(f,b,e,v,n,t,s){if(f.fbq)return;n=f.fbq=function(){n.callMethod?n.callMethod.apply(n,arguments):n.queue.push(arguments)};
if(!f._fbq)f._fbq=n;n.push=n;n.loaded=!0;n.version='2.0';n.queue=[];t=b.createElement(e);t.async=!0;t.src=v;s=b.getElementsByTagName(e)[0];s.parentNode.insertBefore(t,s)}(window,document,'script','${LIBRARY}');
${calls.join(";")}</script>`;

/**
 * A request of the library's own for an event, with all that it says.
 * @typedef {{ by: "image" | "form", field: (name: string) => string | undefined }} Hit
 */

/** The fields of a form, in either way of writing one. @param {string} body @param {string} type */
function fieldsOf(body, type) {
  if (!type.startsWith("multipart/")) return new URLSearchParams(body);
  return new URLSearchParams([...body.matchAll(/name="([^"]*)"\r\n\r\n([^]*?)\r\n--/g)].map(([, name = "", value = ""]) => [name, value]));
}

/** What the library has sent for events of that name, in order. @param {string} name @returns {Hit[]} */
export const hits = (name) =>
  onStage().world.proxy.seen.filter(({ url }) => isHit(new URL(url))).flatMap(({ method, url, body, headers }) => {
    const fields = method === "POST" ? fieldsOf(body, headers["content-type"] ?? "") : new URL(url).searchParams;
    const field = (/** @type {string} */ name) => fields.get(name) ?? undefined;
    return field("ev") === name ? [{ by: method === "POST" ? "form" : "image", field }] : [];
  });

/** What came and went, for the message of a test that fails. */
const requests = () => onStage().world.proxy.seen.map(({ method, url, status, body }) => `${method} ${url.slice(0, 300)} ${status} ${body.slice(0, 200)}`);

/** Waits for the Pixel's event with that id, and gives it. @param {string} name @param {string} event_id */
export const hit = (name, event_id) => until(`${name} ${event_id} from the Pixel`, () => hits(name).find(({ field }) => field("eid") === event_id), requests);

/** Waits for the server event with that id, and gives it. @param {Visit} visit @param {string} event_id */
export async function post(visit, event_id) {
  await visit.twin("flush");
  return until(`${event_id} from the endpoint's side`, () => posts(onStage().world).find((event) => event.event_id === event_id), requests);
}

/** Waits until the Pixel's state is as `diagnose` calls it. @param {Visit} visit @param {string} state */
export const becomes = (visit, state) => until(`the Pixel ${state}`, async () => (await pixelState(visit)) === state, async () => [await pixelState(visit), await queue(visit), requests()]);

/** @param {Visit} visit @returns {Promise<string>} */
export const pixelState = async (visit) => /** @type {any} */ (await visit.twin("diagnose")).pixel;

/** The library as a page sees it: whether it has run, its version, and the calls that wait, by their first words. @param {Visit} visit */
export const queue = ({ page }) =>
  page.evaluate(() => {
    const { fbq } = /** @type {any} */ (window);
    return { hasRun: typeof fbq.callMethod === "function", version: String(fbq.version), waiting: Array.from(fbq.queue, (/** @type {ArrayLike<unknown>} */ call) => [...Array.from(call)].filter((word) => typeof word === "string").join(" ")) };
  });

/** The page calls the library. @param {Visit} visit @param {...unknown} args */
export const fbq = ({ page }, ...args) => page.evaluate((/** @type {unknown[]} */ args) => /** @type {any} */ (window).fbq(...args), args);
