/// <reference path="./page-globals.d.ts" />
/**
 * Pages of the shop that a consent test writes itself: which signals there are, which tag, what is spied on.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../../scripts/run.mjs";
import { until } from "./until.mjs";
import { PIXEL_ID, startWorld } from "./world.mjs";

/** @typedef {import("./world.mjs").World} World */
/** @typedef {import("./world.mjs").Visit} Visit */

/** Where the page is, unless a test says otherwise. */
export const PATH = "/consent";

const STUB = readFileSync(path.join(root, "js/stub.js"), "utf8");

/** In place of Meta's library: takes note of each call, does nothing else. */
const RECORDER = "window.calls=[];fbq.callMethod=(...call)=>calls.push(call);fbq.queue.splice(0).forEach((call)=>calls.push([...call]))";

/**
 * What a page is made of: `head` comes before everything else, `tag` are attributes of ours, `calls` follow the tag. With the
 * recording library the endpoint, too, only takes note, unless `relay` wants the real one: what comes late at the local Meta
 * would be found there by the next test.
 * @typedef {{ path?: string, head?: string, tag?: string, calls?: string, body?: string, library?: "standin" | "recorder", relay?: boolean }} Page
 */

/** A test for each, in one world, with a visitor of its own, whose console must stay free of errors. */
export function inWorld() {
  /** @type {World} */
  let world;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());
  return (/** @type {string} */ name, /** @type {(world: World, visit: Visit) => Promise<void>} */ body, /** @type {import("./visit.mjs").VisitOptions} */ options = {}) =>
    test(name, async () => {
      await world.reset();
      const visit = await world.visit(options);
      try {
        await body(world, visit);
        assert.deepEqual(visit.errors, []);
      } finally {
        await visit.leave();
      }
    });
}

/** Without one, browsers ask for /favicon.ico. */
const ICON = '<link rel="icon" href="data:,">';

/** A page of the shop with nothing of ours on it. @param {World} world @param {Visit} visit @param {string} path @param {string} [body] */
export const bare = (world, { origin }, path, body = "") => world.proxy.answer(origin + path, { type: "text/html", body: `<!doctype html><title>shop</title>${ICON}${body}` });

/** Code that runs in the page. @param {(...args: any[]) => void} code @param {...unknown} args */
export const script = (code, ...args) => `<script>(${code})(${args.map((arg) => JSON.stringify(arg) ?? "undefined").join()})</script>`;

/** Has the shop serve such a page from now on. @param {World} world @param {Visit} visit @param {Page} page */
export function serve(world, { origin }, { path = PATH, head = "", tag = "", calls = "", body = "", library = "standin", relay = library === "standin" }) {
  const pixelScript = library === "standin" ? `${world.standin.url.replace("127.0.0.1", "localhost")}/en_US/fbevents.js` : "/recorder.js";
  const twin = `<script>\n${STUB}</script><script async src="/twin.js" data-pixel-id="${PIXEL_ID}" data-endpoint="/twin/events" data-pixel-script="${pixelScript}" ${tag}></script>`;
  world.proxy.answer(origin + path, { type: "text/html; charset=utf-8", body: `<!doctype html><html lang="en"><title>shop</title>${ICON}${head}${twin}<script>${calls}</script><body>${body}` });
  world.proxy.answer(`${origin}/recorder.js`, { type: "text/javascript", body: RECORDER });
  if (!relay) world.proxy.answer(`${origin}/twin/events`, { status: 202, type: "application/json", body: "{}" });
}

/** Serves a page and opens it; where signals count, until they have been read once. @param {World} world @param {Visit} visit @param {Page & { query?: string }} page */
export async function open(world, visit, { query = "", ...page }) {
  serve(world, visit, page);
  await visit.open((page.path ?? PATH) + query);
  if (page.tag?.includes('data-consent="auto"')) await until("the signals", async () => /** @type {any} */ (await visit.twin("diagnose")).consentFrom !== "option");
}

/**
 * How consent stands: the state, and what it comes from.
 *
 * Signals are read with each event, so an event that goes nowhere comes first; no test of this needs to wait.
 * @param {Visit} visit @returns {Promise<[state: string, from: string]>}
 */
export async function consent(visit) {
  await visit.twin("track", "Look", {}, { routing: "none" });
  const { consent, consentFrom } = /** @type {any} */ (await visit.twin("diagnose"));
  return [consent, consentFrom];
}

/** Waits until consent stands so, with no event to help: what is polled or listened to has to do it. @param {Visit} visit @param {string} state @param {string} from */
export const becomes = (visit, state, from) =>
  until(
    `${state} from ${from}`,
    async () => {
      const { consent, consentFrom } = /** @type {any} */ (await visit.twin("diagnose"));
      return consent === state && consentFrom === from;
    },
    () => visit.twin("diagnose"),
  );

/** What went to the endpoint or to Meta, library and all. @param {World} world */
const sent = (world) => world.proxy.seen.filter((request) => world.isEndpoint(request) || world.isPixel(request) || /\.facebook\.(net|com)\/|\/recorder\.js/.test(request.url));

/** Whether an event of that name went to anyone. @param {World} world @param {string} name */
export const went = (world, name) => sent(world).some(({ url, body }) => new RegExp(`\\b${name}\\b`).test(url + body));

/** The server events that the page has posted, in order. @param {World} world @returns {any[]} */
export const posted = (world) => world.proxy.seen.filter(world.isEndpoint).flatMap(({ body }) => (body ? JSON.parse(body).data : []));

/** Waits until a server event of that name has been posted, and gives it. @param {World} world @param {string} name */
export const post = (world, name) => until(`a post of ${name}`, () => posted(world).find((event) => event.event_name === name), () => posted(world));

/** The calls that the recording library has seen. @param {Visit} visit @returns {Promise<any[][]>} */
export const calls = (visit) => visit.page.evaluate(() => JSON.parse(JSON.stringify(window.calls ?? [])));

/** Waits until the recording library has seen a call that starts so. @param {Visit} visit @param {...unknown} start */
export const called = (visit, ...start) =>
  until(`fbq(${JSON.stringify(start).slice(1, -1)})`, async () => (await calls(visit)).find((call) => JSON.stringify(call.slice(0, start.length)) === JSON.stringify(start)), () => calls(visit));

/** The keys of ours in the page's storage, and Meta's two cookies. @param {Visit} visit */
export async function stored(visit) {
  const keys = Object.keys(await visit.storage()).filter((key) => key.startsWith("_twin_"));
  return [...keys, ...((await visit.cookies()).match(/_fb[cp](?==)/g) ?? [])].sort();
}

/** Nothing was sent and nothing is kept. @param {World} world @param {Visit} visit */
export async function assertSilent(world, visit) {
  await visit.twin("flush");
  assert.deepEqual(sent(world), []);
  assert.deepEqual(await stored(visit), []);
}
