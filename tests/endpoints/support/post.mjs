/**
 * What the companion posts, and posting it as a page of the shop does.
 */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";

/** Where the shop's pages are. */
export const SHOP = "https://www.shop.example";
export const USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/** As twin.js has posted it; tests/browser/recorded-post.test.mjs holds it against what it posts today. */
const recorded = readFileSync(path.join(import.meta.dirname, "../post.json"), "utf8");

/** @typedef {{ data: any[], sent_at: number }} Post */

/** The recorded post, as if it were made now. @returns {Post} */
export function freshPost() {
  const { data, sent_at } = JSON.parse(recorded);
  const later_ms = Date.now() - sent_at;
  for (const event of data) event.event_time += Math.floor(later_ms / 1000);
  return { data, sent_at: sent_at + later_ms };
}

/**
 * @param {string} url of the endpoint
 * @param {unknown} post an object, or a body as it is
 * @param {Record<string, string | undefined>} [headers] beside or in place of the usual; `undefined` takes one away
 * @returns {Promise<{ status: number, headers: Headers, text: string }>}
 */
export async function send(url, post, headers = {}) {
  const all = { origin: SHOP, "user-agent": USER_AGENT, "content-type": "application/json", ...headers };
  const given = Object.entries(all).filter(/** @returns {pair is [string, string]} */ (pair) => pair[1] !== undefined);
  const isRaw = typeof post === "string" || post instanceof ReadableStream;
  const options = { method: "POST", headers: Object.fromEntries(given), body: isRaw ? post : JSON.stringify(post), duplex: "half" };
  const response = await fetch(url, options);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/**
 * The same as a proxy of the shop's passes it on; gives the status.
 * @param {string} url @param {Post} post @param {string | string[]} forwarded one header, or one line each
 */
export async function sendThrough(url, post, forwarded) {
  const body = JSON.stringify(post);
  const headers = { origin: SHOP, "user-agent": USER_AGENT, "content-type": "application/json", "content-length": Buffer.byteLength(body), "x-forwarded-for": forwarded };
  const request = http.request(url, { method: "POST", headers }).end(body);
  const [response] = await once(request, "response");
  response.resume();
  return response.statusCode;
}
