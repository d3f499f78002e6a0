/**
 * Listens to a GA4 data layer: what is in it, and what comes.
 *
 * The page notices nothing: entries are only read, its own `push` and Google's stay in the chain, nothing is thrown.
 */

import type { DataLayerOptions, Twin } from "../types.js";
import { read } from "./ga4.js";
import { get, isList } from "./read.js";

/** How often we look for what came past us: a page may have put another `push`, or another list, in place of ours. */
const LOOK_MS = 300;

interface Layer {
  readonly length: number;
  readonly [place: number]: unknown;
  push(...entries: unknown[]): number;
}

const page = globalThis as unknown as Record<string, unknown>;

/** What is followed already, by name or itself. */
const followed = new Set<unknown>();
/** How to look into each layer that is watched. */
const looks = new WeakMap<object, () => void>();

/**
 * Tracks a data layer's events.
 * @param track the companion's
 * @param source a data layer's name (`dataLayer` if it is left out) or the array itself; any other object is one event
 */
export default function dataLayer(track: Twin["track"], source: unknown = "dataLayer", options?: DataLayerOptions | null): void {
  const handle = (entry: unknown) =>
    quietly(() => {
      const call = read(entry, options);
      if (call) track(call.name, call.params, call.options);
    });
  source ??= "dataLayer";
  if (typeof source !== "string" && !isList(source)) return handle(source);
  if (followed.has(source)) return;
  followed.add(source);
  const follow = () =>
    quietly(() => {
      const layer = typeof source === "string" ? (page[source] ??= []) : source;
      if (isLayer(layer)) (looks.get(layer) ?? watch(layer, handle))();
    });
  follow();
  setInterval(follow, LOOK_MS);
  // What came past us in the page's last moment would be lost with it.
  addEventListener("pagehide", follow);
}

const isLayer = (found: unknown): found is Layer => isList(found) || typeof get(found, "push") === "function";

/** Handles what is there and what will be pushed; gives what looks for entries that came another way. */
function watch(layer: Layer, handle: (entry: unknown) => void): () => void {
  const known = new WeakSet<object>();
  const take = (entry: unknown) => {
    if (typeof entry !== "object" || !entry) return;
    known.add(entry);
    handle(entry);
  };
  const look = () => {
    // By place, not by count: Google's tags drop the oldest entries of a long layer.
    for (let place = 0; place < layer.length; place++) {
      const entry = layer[place];
      if (!known.has(entry as object)) take(entry);
    }
  };
  looks.set(layer, look);
  const push = layer.push;
  quietly(() => {
    layer.push = function (...entries) {
      entries.forEach(take);
      const result = push.apply(this, entries);
      quietly(look);
      return result;
    };
  });
  // Here the same object may stand twice, and is two events.
  for (const entry of Array.from(layer)) take(entry);
  return look;
}

/** A failure of the page's own objects is the page's; here it must not even be seen. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // Nothing of it is ours to report.
  }
}
