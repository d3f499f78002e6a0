/**
 * Server events on their way to the endpoint: kept until it has answered 2xx, also past the end of the page. What an answer
 * means is decided by the module.
 *
 * Each event is one entry of `localStorage`, `_twin_o.<kept ms>.<random>` → `<lease ms> <event as JSON>`. The lease is the
 * time until which the page that holds the event answers for it, to its next try; after it another page may take it over.
 */

import { outcome } from "../glue/pixel_twin_bg.js";
import { ENDPOINT_BLOCKED, EVENT_EXPIRED, REJECTED } from "./codes.js";
import { hear } from "./heard.js";
import { now_ms, watch } from "./lifecycle.js";
import { post, TIMEOUT_MS } from "./net.js";
import { report } from "./notices.js";
import { random } from "./page.js";
import { forget, get, keys, remove, set } from "./storage.js";
import { attempt, enter } from "./wall.js";

/** What the keys of the entries start with. */
const KEY = "o.";
/** How long a request may take, also the last one of a page that is gone. */
const LEASE_MS = TIMEOUT_MS;
/** How often is looked for what closed pages left: as soon as their leases can be over. */
const LOOK_MS = LEASE_MS;
/** Longest wait between two tries: no lease is longer, unless the clock was set back meanwhile. */
const LONGEST_LEASE_MS = 5 * 60 * 1000;
/** What requests that outlive their page may carry together: the browser's quota is 64 KiB. */
const KEEPALIVE_BYTES = 60_000;
/** Meta's limit for the age of an event. */
const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;

interface Item {
  key: string;
  json: string;
  /** At most, in UTF-8, a comma with it. Asking a Blob costs Chromium a message to another process. */
  bytes: number;
  isUnderWay?: boolean;
  /** Refused in company: which of them it was shows when each goes alone. */
  goesAlone?: boolean;
}

let endpoint = "";
let items: Item[] = [];
let flushing: (() => void)[] = [];
let timer = 0;
let looking = 0;
/** Requests in a row that found nobody to take them. */
let failures = 0;
let isWatching = false;
/** What each body says beside its events. */
let beside = "";
/** Gives back the right to take over what other pages left. */
let share = () => {};
/** HTTP status of the last answer, 0 for none, and the time of the last that was a yes. */
export let lastStatus: number | undefined;
export let delivered_ms: number | undefined;

export const backlog = (): number => items.length;

const lease = ({ key, json }: Item, for_ms: number) => set(key, now_ms() + for_ms + " " + json);

function add(key: string, json: string): void {
  const item = { key, json, bytes: json.replace(/[^\0-\x7f]/g, "123").length + 1 };
  lease(item, LEASE_MS);
  items.push(item);
  // The names of all fields, and what tells the event from others.
  hear("keep", key, json.match(/"event_(name|id|time)":("[^"]*)?\d*|"\w+":/g));
  // After the page's running code. A navigation in it does not come before.
  queueMicrotask(() => attempt(postAll));
}

/** Marks all posts from now on as Meta's test events; an empty code ends that. */
export const test = (code: string): unknown => (beside = code && ',"test_event_code":"' + code + '"');

/** Takes an event in, into storage first. */
export function keep(json: string): void {
  if (endpoint) add(KEY + now_ms() + "." + random(), json);
}

/** Starts posting to the endpoint: what earlier pages left, as far as no living page answers for it, and what comes. */
export function open(url: string): void {
  endpoint = url;
  if (!url) return;
  if (!isWatching) watch(leave, goOn);
  isWatching = true;
  goOn();
}

/** Lets the endpoint end the cookies that no script can touch; it has them by https alone. */
function endCookies(url: string): void {
  if (url && location.protocol === "https:") post(url, "", true, () => {});
}

/** Forgets all that waits. */
export function drop(): void {
  endCookies(endpoint);
  hear("drop");
  items = [];
  endpoint = "";
  share();
}

/** Posts what waits, and looks for what other pages left. */
function goOn(): void {
  if (!endpoint) return;
  postAll();
  look();
}

/**
 * Takes over what other pages left. One page at a time does so, until what it took has been answered: by then the others see
 * its leases. No longer, and never past its page: Firefox freezes no page that holds a lock, the others none that still does
 * when it is left. Where there are no locks, the leases alone keep pages apart, but for those that look in the same moment.
 */
function look(): void {
  share();
  const end = new AbortController();
  share = () => end.abort();
  const held = () => {
    takeOver();
    return new Promise((resolve) => {
      end.signal.addEventListener("abort", resolve);
      flush().then(resolve);
    });
  };
  const locks = navigator.locks as LockManager | undefined;
  if (locks) locks.request(KEY, { signal: end.signal }, held).catch(() => end.signal.aborted || attempt(takeOver));
  else takeOver();
}

function takeOver(): void {
  if (!endpoint) return;
  const at_ms = now_ms();
  let next_ms = LOOK_MS;
  for (const key of keys(KEY)) {
    const [, until_ms, json] = /^(\d+) (.*)/s.exec(get(key)) ?? [];
    if (!json || at_ms - parseInt(key.slice(KEY.length)) > MAX_AGE_MS) {
      remove(key);
      report(EVENT_EXPIRED, "outbox");
    } else if (items.every((item) => item.key !== key)) {
      const wait_ms = Number(until_ms) - at_ms;
      if (wait_ms > 0 && wait_ms <= LONGEST_LEASE_MS) next_ms = Math.min(next_ms, wait_ms);
      else add(key, json);
    }
  }
  clearTimeout(looking);
  looking = setTimeout(() => attempt(look), next_ms);
}

/** Posts all that is not under way, in as many requests as the quota allows; the rest follows the answers. */
function postAll(): void {
  let room = KEEPALIVE_BYTES;
  for (const item of items) if (item.isUnderWay) room -= item.bytes;
  while (endpoint) {
    const batch: Item[] = [];
    let left = room;
    for (const item of items) {
      if (item.isUnderWay) continue;
      // One that is over the whole quota goes when nothing else does.
      if (item.bytes > left && left < KEEPALIVE_BYTES) break;
      left -= item.bytes;
      batch.push(item);
      if (item.goesAlone) break;
    }
    if (!batch.length) break;
    room = left;
    for (const item of batch) {
      item.isUnderWay = true;
      lease(item, LEASE_MS);
    }
    // Meta ignores the time; the relay sets a visitor's clock right by it.
    const body = '{"data":[' + batch.map((item) => item.json).join() + '],"sent_at":' + now_ms() + beside + "}";
    const url = endpoint;
    post(url, body, left >= 0, (status, retryAfter_s, said) => {
      // Consent was taken back meanwhile: the answer has set the cookies again.
      if (!endpoint) {
        forget();
        endCookies(url);
      }
      answered(batch, status, retryAfter_s, said);
    });
  }
}

function answered(batch: Item[], status: number, retryAfter_s: number, said: unknown): void {
  lastStatus = status;
  if (!status) report(ENDPOINT_BLOCKED, "endpoint");
  const wait_ms = enter(() => outcome(status, retryAfter_s, failures + 1, random())) ?? LEASE_MS;
  hear("answer", batch.map((item) => item.key), status, wait_ms, said);
  failures = wait_ms > 0 ? failures + 1 : 0;
  if (!wait_ms) delivered_ms = now_ms();
  for (const item of batch) {
    item.isUnderWay = false;
    // Dropped in the meantime.
    if (!items.includes(item)) continue;
    if (wait_ms > 0) lease(item, wait_ms);
    else if (wait_ms && batch.length > 1) item.goesAlone = true;
    else {
      if (wait_ms) report(REJECTED, "endpoint " + status);
      items = items.filter((other) => other !== item);
      remove(item.key);
    }
  }
  clearTimeout(timer);
  timer = setTimeout(() => attempt(postAll), wait_ms);
  settle();
}

/** Lets the waiting flushes go when no request is under way any more. */
function settle(): void {
  if (items.some((item) => item.isUnderWay)) return;
  for (const resolve of flushing.splice(0)) resolve();
}

/** Posts at once what waits; settles when every request has been answered or has failed. */
export const flush = (): Promise<void> =>
  new Promise((resolve) => {
    flushing.push(resolve);
    postAll();
    settle();
  });

/** A last try, after which the next page takes over. */
function leave(isGone: boolean): void {
  postAll();
  // Whoever was going to wait longer won't be there.
  for (const item of items) lease(item, LEASE_MS);
  if (isGone) {
    share();
    clearTimeout(looking);
  }
}
