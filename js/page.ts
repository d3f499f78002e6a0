/**
 * What the module asks of the page, and what it tells it to do. The other half is `src/page.rs`.
 *
 * Text crosses as UTF-8 in the module's memory; how long it stays there is up to the module.
 */

import * as module from "../glue/pixel_twin_bg.js";
import { members } from "./call.js";
import { hear } from "./heard.js";
import { list } from "./lookup.js";
import { report } from "./notices.js";
import { keep } from "./outbox.js";
import { fire } from "./pixel.js";
import { cookies, expire, get, renew, set, setCookie } from "./storage.js";
import { attempt } from "./wall.js";

/** Where the page has taken these away, it is done the old way. */
const encoder = attempt(() => new TextEncoder());
const decoder = attempt(() => new TextDecoder("utf-8", { ignoreBOM: true }));

let memory: WebAssembly.Memory;
let answer: string;

/** Where fbp and fbc came from with the last event: `fbp cookie fbc made`, see `src/identity.rs`; empty before. */
export let sources = "";

/** The customer fields of the last event, a space after each. */
export let matched = "";

/** Takes the module's memory, before anything else. */
export const use = (itsMemory: WebAssembly.Memory): unknown => (memory = itsMemory);

function give(text: string): void {
  const bytes = attempt(() => encoder!.encode(text)) ?? Uint8Array.from(unescape(encodeURIComponent(text)), (byte) => byte.charCodeAt(0));
  // Making room may move the memory.
  const room = module.room(bytes.length);
  new Uint8Array(memory.buffer, room).set(bytes);
}

function read(start: number, length: number): string {
  const bytes = new Uint8Array(memory.buffer, start, length);
  return attempt(() => decoder!.decode(bytes)) ?? decodeURIComponent(escape(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
}

/** Asks the module, see `src/lib.rs`. */
export function askModule(what: number, text: string): string {
  answer = "";
  give(text);
  module.ask(what);
  return answer;
}

/** 32 bits from the platform's CSPRNG. */
export const random = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

/** Steps of a rewriting that no pattern can do, see `platform.rs` of the core. */
const steps: Readonly<Record<string, (text: string) => string>> = {
  trim: (text) => text.trim(),
  lower: (text) => text.trim().toLowerCase(),
  upper: (text) => text.toUpperCase(),
  decode: unescape,
  members,
  number: (text) => (text && isFinite(+text) ? String(+text) : ""),
};

/** The patterns that have been met. */
const compiled: Record<string, RegExp> = {};

/** Takes a text through steps, each a pattern and what takes its place, or no pattern and one of our own. */
function rewrite(call: string): string {
  const [, list = "", text = ""] = /([^\x1e]*).([^]*)/.exec(call) ?? [];
  let result = text;
  list.replace(/([^\x1f]*)\x1f([^\x1f]*)./g, (_, pattern: string, replacement: string) => {
    result = pattern ? result.replace((compiled[pattern] ??= RegExp(pattern, "gu")), replacement) : steps[replacement]!(result);
    return "";
  });
  return result;
}

// The places in both lists are the numbers in src/page.rs.
const answers: readonly ((text: string) => string)[] = [
  cookies,
  setCookie,
  () => location.hostname,
  get,
  rewrite,
  () => navigator.userAgent,
  list,
];
const acts: readonly ((text: string) => void)[] = [
  (fired) => set("fired", fired),
  keep,
  fire,
  (text) => (answer = text),
  (id) => set("id", id),
  (text) => (sources = text),
  expire,
  renew,
  (text) => hear("fields", (matched = text)),
];

export const ask = (what: number, start: number, bytes: number): void => give(answers[what]?.(read(start, bytes)) ?? "");

/** Numbers after those of the acts are notices. */
export function tell(what: number, start: number, bytes: number): void {
  const act = acts[what];
  const text = read(start, bytes);
  act ? act(text) : report(what - acts.length, text);
}
