/**
 * What runs inside a page of the bench: takes times of ours and of others, in turns. The page has twin.js and Meta's
 * Parameter Builder by their script tags, as shops do; the rest is bundled in here.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { customer, DATA_TYPES, KEYS } from "./customers.js";

const page = /** @type {any} */ (globalThis);

const now_us = () => performance.now() * 1000;

/** Once what a task has put behind it has run. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Stands for the rules where a peer has none: far less than they do, so in its favour. @param {string} text */
const plainly = (text) => text.trim().toLowerCase();

/** Hashes of nine fields, each in its own way. @type {Record<string, (values: string[]) => unknown>} */
const HASHERS = {
  "pixel-twin": (values) => values.map((value, place) => page.twin("hash", KEYS[place], value)),
  "Parameter Builder": (values) => values.map((value, place) => page.clientParamBuilder.getNormalizedAndHashedPII(value, DATA_TYPES[place])),
  "@noble/hashes": (values) => values.map((value) => bytesToHex(sha256(utf8ToBytes(plainly(value))))),
  "crypto.subtle": (values) =>
    Promise.all(values.map(async (value) => bytesToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", /** @type {Uint8Array<ArrayBuffer>} */ (utf8ToBytes(plainly(value)))))))),
};

let number = 0;

/** A purchase with a customer. */
function purchase() {
  number += 1;
  const values = customer(number);
  const user = Object.fromEntries(KEYS.map((key, place) => [key, values[place]]));
  const params = { value: 99.5 + number, currency: "USD", content_type: "product", contents: [{ id: `sku-${number}`, quantity: 2, item_price: 49.75 }] };
  return /** @type {const} */ (["track", "Purchase", params, { orderId: `A-${number}`, user }]);
}

/** One call of `track`: until it is back, and until the request it has begun is under way. */
async function track() {
  const call = purchase();
  const start = now_us();
  page.twin(...call);
  const back = now_us();
  // `fetch` is called in a microtask that `track` has queued; this one comes after it.
  await undefined;
  const end = now_us();
  await page._twin.then((/** @type {any} */ twin) => twin.flush());
  return [back - start, end - start];
}

/**
 * What a shop would write by hand around the Parameter Builder for the same server twin: cookies, hashes, a request that
 * outlives the page. Nothing is kept, tried again or cleaned, and the Pixel is not fired.
 */
async function byHand() {
  const [, event_name, custom_data, { orderId }] = purchase();
  const values = customer(number);
  const start = now_us();
  const builder = page.clientParamBuilder;
  const hashes = /** @type {string[]} */ (HASHERS["Parameter Builder"]?.(values));
  const user_data = { ...Object.fromEntries(KEYS.map((key, place) => [key, hashes[place]])), fbp: builder.getFbp(), fbc: builder.getFbc() };
  const event = { event_name, event_id: `order_${orderId}`, event_time: Math.floor(Date.now() / 1000), event_source_url: location.href, action_source: "website", user_data, custom_data };
  const answer = fetch("/twin/events", { method: "POST", keepalive: true, credentials: "include", headers: { "content-type": "application/json" }, body: JSON.stringify({ data: [event] }) });
  const end = now_us();
  await answer;
  return end - start;
}

/** @param {(values: string[]) => unknown} hash @param {number} batch of so many customers */
async function hashing(hash, batch) {
  const customers = Array.from({ length: batch }, () => customer((number += 1)));
  const start = now_us();
  for (const values of customers) await hash(values);
  return (now_us() - start) / batch;
}

/**
 * Times of all in turns, in µs for nine fields. Begun anew after what engines need to know the code.
 * @param {{ rounds: number, warmUp: number, batch: number }} options
 */
export async function warm({ rounds, warmUp, batch }) {
  await page.clientParamBuilder.processAndCollectAllParams();
  /** @type {Record<string, number[]>} */
  let times = {};
  const add = (/** @type {string} */ name, /** @type {number} */ time) => (times[name] ??= []).push(time);
  for (let round = -warmUp; round < rounds; round++) {
    if (round === 0) times = {};
    for (const [name, hash] of Object.entries(HASHERS)) {
      add(name, await hashing(hash, batch));
      await settled();
    }
    const [back = NaN, end = NaN] = await track();
    add("track()", back);
    add("track() and fetch", end);
    await settled();
    add("by hand and fetch", await byHand());
    await settled();
  }
  return times;
}

/**
 * A first visitor's first event: the script as it stands in a page, run and ready, then the first purchase with nine fields.
 * @param {"pixel-twin" | "Parameter Builder"} name @param {string} source of its script
 */
export async function start(name, source) {
  const gaps = watchGaps();
  /** @type {number[]} */
  const wasm = [];
  const { instantiate } = WebAssembly;
  // The one way to see the module's memory from outside.
  WebAssembly.instantiate = /** @type {any} */ (async (/** @type {BufferSource} */ bytes, /** @type {WebAssembly.Imports} */ imports) => {
    const result = await instantiate(bytes, imports);
    for (const memory of Object.values(result.instance.exports)) if (memory instanceof WebAssembly.Memory) wasm.push(memory.buffer.byteLength);
    return result;
  });
  const script = document.createElement("script");
  script.dataset["pixelId"] = "1234567890";
  script.dataset["endpoint"] = "/twin/events";
  script.textContent = source;
  const begin = now_us();
  document.head.append(script);
  if (name === "pixel-twin") await new Promise((resolve) => page.twin("diagnose", resolve));
  else await page.clientParamBuilder.processAndCollectAllParams();
  const ready = now_us();
  const call = purchase();
  const values = customer(number);
  const first = now_us();
  if (name === "pixel-twin") page.twin(...call);
  else HASHERS[name]?.(values);
  const end = now_us();
  await settled();
  return { ready_ms: (ready - begin) / 1000, first_ms: (end - first) / 1000, longest_ms: await gaps(), wasm_kb: (wasm[0] ?? 0) / 1024 };
}

/** Watches for how long at most nothing else could run; gives what ends that. Every engine can tell, in this way. */
function watchGaps() {
  const { port1, port2 } = new MessageChannel();
  let longest = 0;
  let last = performance.now();
  port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    port2.postMessage(0);
  };
  port2.postMessage(0);
  return async () => {
    await settled();
    port1.close();
    return longest;
  };
}
