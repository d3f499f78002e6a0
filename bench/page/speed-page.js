/**
 * What runs inside a page of the bench: takes times of ours and of others, in turns. The page has twin.js and Meta's
 * Parameter Builder by their script tags, as shops do; the rest is bundled in here.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { customer, DATA_TYPES, KEYS } from "./customers.js";

const page = /** @type {any} */ (globalThis);

const now_us = () => performance.now() * 1000;

/** The answer of a page's task once all that it has put behind it has run. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** What the hash functions get that do not normalize: the text as ours and the Parameter Builder's make it, so that they only hash. @param {string} text */
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
  }
  return times;
}

export async function only({ rounds }) {
  const times = { back: [], end: [] };
  for (let i = 0; i < rounds; i++) { const [a, b] = await track(); times.back.push(a); times.end.push(b); }
  return times;
}

export async function onlyHash({ rounds, name = "pixel-twin" }) {
  const times = { hash: [] };
  for (let i = 0; i < rounds; i++) { times.hash.push(await hashing(HASHERS[name], 100)); }
  return times;
}
