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

/** Where the page has taken it away, it is done the old way. */
const decoder = attempt(() => new TextDecoder("utf-8", { ignoreBOM: true }));
/** So many bytes are sooner read one by one. */
const FEW_BYTES = 24;

let memory: WebAssembly.Memory;
let view = new Uint8Array();

/** The module's memory; anew where it has grown. */
const bytes = (): Uint8Array => (view.buffer === memory.buffer ? view : (view = new Uint8Array(memory.buffer)));

let answer: string;

/** Where fbp and fbc came from with the last event: `fbp cookie fbc made`, see `src/identity.rs`; empty before. */
export let sources = "";

/** The customer fields of the last event, a space after each. */
export let matched = "";

/** Takes the module's memory, before anything else. */
export const use = (itsMemory: WebAssembly.Memory): unknown => (memory = itsMemory);

/** Whether each character is one byte in UTF-8. Nearly all is, and is sooner copied than encoded. */
const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text);

function give(text: string): void {
  const utf8 = isAscii(text) ? text : unescape(encodeURIComponent(text));
  const room = module.room(utf8.length);
  // Making room may have moved the memory.
  const target = bytes();
  for (let place = 0; place < utf8.length; place++) target[room + place] = utf8.charCodeAt(place);
}

function read(start: number, length: number): string {
  const source = bytes();
  const long = length > FEW_BYTES && attempt(() => decoder!.decode(source.subarray(start, start + length)));
  if (long) return long;
  let text = "";
  for (let place = start; place < start + length; place++) text += String.fromCharCode(source[place]!);
  return isAscii(text) ? text : decodeURIComponent(escape(text));
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

/** A rule, ready to be taken: steps, each a pattern and what takes its place, or no pattern and one of our own. */
function rule(text: string): (text: string) => string {
  const taken: ((text: string) => string)[] = [];
  text.replace(/([^\x1f]*)\x1f([^\x1f]*)./g, (_, pattern: string, replacement: string) => {
    const regExp = RegExp(pattern, "gu");
    taken.push(pattern ? (text) => text.replace(regExp, replacement) : steps[replacement]!);
    return "";
  });
  return (text) => taken.reduce((text, step) => step(text), text);
}

// The places in both lists are the numbers in src/page.rs.
const answers: ((text: string) => string)[] = [
  cookies,
  setCookie,
  () => location.hostname,
  get,
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

/** Rules are found by where they stand in the module's memory, far after the places of the list. */
export const ask = (what: number, whatBytes: number, start: number, bytes: number): void => give((answers[what] ??= rule(read(what, whatBytes)))(read(start, bytes)));

/** Numbers after those of the acts are notices. */
export function tell(what: number, start: number, bytes: number): void {
  const act = acts[what];
  const text = read(start, bytes);
  act ? act(text) : report(what - acts.length, text);
}
