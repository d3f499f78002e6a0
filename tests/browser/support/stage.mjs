/**
 * A stage for one test: a page with what the case needs in it, a visitor of its own, and a look at both twins.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "./until.mjs";
import { META, PIXEL_ID, startWorld } from "./world.mjs";

/** @typedef {import("./world.mjs").World} World */
/** @typedef {import("./world.mjs").Visit} Visit */
/** @typedef {import("./world.mjs").Conversion} Conversion */

const STUB = "<script>window.twin=window.twin||function(){(twin.q=twin.q||[]).push(arguments)}</script>";

/** Meta's base code without its script: the queue that any library takes over. */
export const BASE_CODE = `<script>!function(f){if(f.fbq)return;var n=f.fbq=function(){n.callMethod?n.callMethod.apply(n,arguments):n.queue.push(arguments)};
if(!f._fbq)f._fbq=n;n.push=n;n.loaded=!0;n.version='2.0';n.queue=[]}(window)</script>`;

/** What browsers say of an answer that the page may not read. */
const CORS = /blocked by CORS policy|Cross-Origin Request Blocked|access control checks/;

/** What Firefox says of a cookie that it does not take, in a frame on another site for one: no error of the page's. */
const REFUSED_COOKIE = /^Error: Cookie “/;

/**
 * @typedef {object} Page
 * @property {Record<string, string | undefined>} [data] of the tag, in place of or beside the usual; `undefined` takes one away
 * @property {string} [head] before the stub
 * @property {string} [calls] script after the tag
 * @property {string} [body]
 * @property {boolean} [tag] `false`: neither stub nor tag
 */

/** @typedef {ReturnType<typeof setStage>} Stage */

/** A world for all tests of a file. */
export function setStage() {
  /** @type {World} */
  let world;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  /** The stand-in for Meta's library, for a page of that address. @param {string} url */
  const library = (url) => `${url.startsWith("https:") ? META : world.standin.url.replace("127.0.0.1", "localhost")}/en_US/fbevents.js`;

  /** The tag as a shop writes it. @param {string} url of the page @param {Record<string, string | undefined>} data */
  const tag = (url, data = {}) => {
    const all = { "pixel-id": PIXEL_ID, endpoint: "/twin/events", "pixel-script": library(url), ...data };
    const attributes = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`data-${name}="${value.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"`]));
    return `<script async src="/twin.js" ${attributes.join(" ")}></script>`;
  };

  return {
    get world() {
      return world;
    },
    library,
    tag,
    /** Puts a page on the shop's own host, or where a whole URL says; gives its address. @param {string} path @param {Page} [page] */
    serve(path, { data, head = "", calls = "", body = "", tag: hasTag = true } = {}) {
      const url = path.startsWith("http") ? path : world.shop.url + path;
      const ours = hasTag ? `${STUB}${tag(url, data)}${calls && `<script>${calls}</script>`}` : "";
      world.proxy.answer(url, { type: "text/html; charset=utf-8", body: `<!doctype html><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,">${head}${ours}<body>${body}` });
      return url;
    },
    /**
     * A test with a visitor of its own, in whose pages no script may have failed.
     * @param {string} name @param {(visit: Visit) => Promise<void>} body
     * @param {import("./visit.mjs").VisitOptions & { failedLoads?: boolean, skip?: string | false }} [options] `failedLoads`: some are part of the case; `skip`: why it is
     */
    visiting(name, body, { failedLoads = false, skip = false, ...options } = {}) {
      test(name, { skip }, async () => {
        await world.reset();
        const visit = await world.visit(options);
        try {
          await body(visit);
          if (failedLoads) visit.failedLoads();
          assert.deepEqual(visit.errors.filter((text) => !REFUSED_COOKIE.test(text) && !(failedLoads && CORS.test(text))), []);
        } finally {
          await visit.leave();
        }
      });
    },
    /** Opens a page and waits until the companion is up. @param {Visit} visit @param {string} url */
    async open(visit, url) {
      await visit.page.goto(url);
      // No promise of the page's is needed for the question: it may have replaced them.
      await until("the companion", () => visit.page.evaluate(() => (({ twin }) => Boolean(twin?.q && twin.q.push !== Array.prototype.push))(/** @type {any} */ (window))), () => [visit.errors, visit.warnings]);
    },
    /** Both twins of an event, counted once. @param {string} event_id @returns {Promise<Conversion>} */
    twins: (event_id) => found(world, event_id, "deduplicated"),
    /** The one twin of an event. @param {string} event_id @param {"browser only" | "server only"} status @returns {Promise<Conversion>} */
    one: (event_id, status) => found(world, event_id, status),
  };
}

/** @param {World} world @param {string} event_id @param {string} status @returns {Promise<Conversion>} */
async function found(world, event_id, status) {
  const rows = async () => (await world.conversions()).filter((row) => row.event_id === event_id);
  const state = async () => ({ rows: await rows(), posts: world.proxy.seen.filter(world.isEndpoint).map(({ body, status }) => [status, body.slice(0, 300)]) });
  const row = await until(`${event_id}, ${status}`, async () => (await rows()).find((row) => row.status === status), state);
  assert.equal((await rows()).length, 1, `${event_id} is counted more than once`);
  assert.deepEqual([row.counted, row.repeats], [1, []]);
  return row;
}

/** Calls the companion where no promise of the page's is needed. @param {Visit} visit @param {string} method @param {...unknown} args @returns {Promise<any>} */
export const call = (visit, method, ...args) => visit.page.evaluate((/** @type {string} */ method, /** @type {unknown[]} */ args) => /** @type {any} */ (window).twin(method, ...args), method, args);

/** Tracks an event that goes out on both sides, and gives its id. @param {Visit} visit @param {Record<string, unknown>} [options] @returns {Promise<string>} */
export const lead = (visit, options = {}) => call(visit, "track", "Lead", { value: 1, currency: "USD" }, options);

/** The value of a cookie as script sees it, the first of the name. @param {Visit} visit @param {string} name */
export async function cookie(visit, name) {
  const pair = (await visit.cookies()).split("; ").find((pair) => pair.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** Sets cookies as another script on the shop's host would, before the companion's first page. @param {Visit} visit @param {string[]} cookies texts for `document.cookie` */
export const setCookies = (visit, cookies) => visit.page.evaluate((/** @type {string[]} */ cookies) => cookies.forEach((cookie) => (document.cookie = cookie)), cookies);

/** Both ids as either twin carries them; asserts that they are the same on both. @param {Conversion} row */
export function ids(row) {
  const { fbp, fbc } = row.server.user_data;
  assert.deepEqual([row.browser.fbp ?? undefined, row.browser.fbc ?? undefined], [fbp, fbc], "fbp and fbc differ between the twins");
  return { fbp, fbc };
}
