/**
 * The rules in the module and in the relay are the same: random input through WebAssembly, through its plain-JS build, and
 * through the native build (crates/core/examples/native.rs), byte for byte. `SEED` and `CASES` set what is tried; a failure
 * names the seed.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { root, run } from "../scripts/run.mjs";

const SEED = Number(process.env["SEED"] ?? 1);
const CASES = Number(process.env["CASES"] ?? 2000);
const NOW_MS = 1_700_000_000_000;
const FIELDS = ["em", "ph", "fn", "ln", "ge", "db", "ct", "st", "zp", "country", "external_id"];
// See `ask` in src/lib.rs, and src/page.rs for what the module asks and tells.
const CUSTOMER = 1;
const DISCREET = 2;
const DELIVER = 3;
const COOKIES = 0;
const SET_COOKIE = 1;
const HOST = 2;
const STORED = 3;
const USER_AGENT = 4;
const KEEP = 1;
const FIRE = 2;
const ANSWER = 3;
const FIRST_NOTICE = 9;
/** Of `fbclid` and cookies, which the native side is not asked about. */
const OF_COOKIES = ["FBCLID_INVALID", "COOKIES_UNAVAILABLE"];

/** What webpack puts in its place: how a part is loaded. */
Object.assign(globalThis, { LOAD: (/** @type {string} */ name) => built(`js/${name}.js`) });

/** @param {string} file */
const built = (file) => import(pathToFileURL(path.join(root, "build", file)).href);

/** The same numbers for the same seed (mulberry32). @param {number} seed */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const next = random(SEED);
const below = (/** @type {number} */ most) => Math.floor(next() * most);
/** @template T @param {readonly T[]} list @returns {T} */
const one = (list) => /** @type {T} */ (list[below(list.length)]);

/** What customers, shops and attackers type. */
const PIECES = [
  ..."abzAZ019 .-_+@%&=?#/:;,'\"\\|(){}[]<>~\t\n\r\u0085\u00a0\ufeff\u2028\u0000\u001e\u007f",
  ..."éßŞıİΣςΩАя中日🎉ﬁſK\u0301\u200d",
  ...["ann@example.com", "%40", "%2540", "%u0041", "%", "+1 650 555 0100", "4111 1111 1111 1111", "1990-05-06", "Germany", "california", "Mrs", "USD", "eur", "12.5", "1e3", "-0", "0x1F", "Infinity", "NaN"],
  ...["fb.1.1700000000000.", "fb.1.17.", "_fbp=", "_fbc=", "; ", "AQYBAQMB", "fbclid=", "https://", "shop.example", "em=", "email", "order_id", "a".repeat(32), "d41d8cd98f00b204e9800998ecf8427e", "x".repeat(700)],
];
const text = () => Array.from({ length: below(one([3, 8, 20])) }, () => (below(9) ? one(PIECES) : String.fromCodePoint(below(0x2fff)))).join("");
const KEYS = ["value", "currency", "content_ids", "contents", "num_items", "order_id", "content_name", "status", "id", "quantity", "item_price", "title", "email", "a_id", "note", "7", "07"];

/** @param {number} depth @returns {unknown} */
function value(depth) {
  const kind = below(depth ? 8 : 6);
  if (kind === 0) return one([null, true, false]);
  if (kind === 1) return one([0, -0, 1, 12.5, 1e21, 1e-7, -3, 123456789012345680, 0.1, 5e-324]) * one([1, 1, below(100)]);
  if (kind < 6) return text();
  return kind === 6 ? Array.from({ length: below(4) }, () => value(depth - 1)) : object(depth - 1);
}

/** @param {number} depth */
const object = (depth) => Object.fromEntries(Array.from({ length: below(5) }, () => [below(4) ? one(KEYS) : text(), value(depth)]));

/** @type {any} */
let glue;
/** @type {any} */
let page;
/** @type {any} */
let call;
/** @type {any} */
let codes;
/** @type {WebAssembly.Memory} */
let memory;
/** @type {Record<string, any>[]} */
let cases;
/** @type {Record<string, any>[]} */
let native;

/** What the module finds in its page, and what it did. @type {{ cookies: string, kept: string, fired: string, notices: [number, string][] }} */
const seen = { cookies: "", kept: "", fired: "", notices: [] };

const read = (/** @type {number} */ start, /** @type {number} */ length) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(memory.buffer, start, length));

/** @param {string} text */
function give(text) {
  const bytes = new TextEncoder().encode(text);
  new Uint8Array(memory.buffer, glue.room(bytes.length)).set(bytes);
}

/** The page in front of the module: the real one's rewriting and names, cookies that take nothing, and nobody else. */
const imports = {
  random: () => 7,
  /** @param {number} what @param {number} whatBytes @param {number} start @param {number} length */
  ask(what, whatBytes, start, length) {
    const found = { [COOKIES]: seen.cookies, [SET_COOKIE]: seen.cookies, [HOST]: "localhost", [STORED]: "", [USER_AGENT]: "Mozilla/5.0" }[what];
    found === undefined ? page.ask(what, whatBytes, start, length) : give(found);
  },
  /** @param {number} what @param {number} start @param {number} length */
  tell(what, start, length) {
    if (what === KEEP) seen.kept = read(start, length);
    else if (what === FIRE) seen.fired = read(start, length);
    else if (what === ANSWER) page.tell(what, start, length);
    else if (what >= FIRST_NOTICE) seen.notices.push([what - FIRST_NOTICE, read(start, length)]);
  },
};

before(async () => {
  // First, since it and the page's half import one another.
  glue = await built("glue/pixel_twin_bg.js");
  [page, call, codes] = await Promise.all(["js/page.js", "js/call.js", "js/codes.js"].map(built));
  const { look, whenThere } = await built("js/lookup.js");
  look("country", "Germany");
  await new Promise((resolve) => whenThere(() => resolve(undefined)));
  cases = Array.from({ length: CASES }, () => ({
    value: call.clean(text()),
    url: call.clean(one(["", "/", "https://shop.example/"]) + text() + one(["", "?", "?a=" + text() + "&"]) + text()),
    cookies: call.clean(one(["", "_fbp=", "a=b; _fbc="]) + text() + one(["", "; _fbp=fb.1.1700000000000." + below(99)])),
    name: one(["Purchase", "Lead"]),
    parameters: call.params(object(3)),
    now_ms: NOW_MS,
  }));
  await run("cargo", ["build", "--quiet", "--locked", "--package=twin-core", "--features=relay", "--example=native"]);
  const { stdout, status } = spawnSync(path.join(root, "target/debug/examples/native"), { input: cases.map((one) => JSON.stringify(one)).join("\n"), encoding: "utf8", maxBuffer: 2 ** 28 });
  assert.equal(status, 0);
  native = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(native.length, CASES);
});

/** What the module makes of a case, as the native build tells it. @param {Record<string, any>} given */
function ask(given) {
  const hashed = page.askModule(CUSTOMER, call.joined(NOW_MS) + FIELDS.map((field) => call.joined(field, given["value"])).join("")).split(call.MARK);
  const discreet = page.askModule(DISCREET, call.joined(given["url"]));
  Object.assign(seen, { cookies: given["cookies"], kept: "", fired: "", notices: [] });
  page.askModule(DELIVER, call.joined("1", "", "all", "both", given["name"], "id", "", NOW_MS, given["url"], "", given["parameters"], "") + call.joined("", "", ""));
  const kept = seen.kept ? JSON.parse(seen.kept) : {};
  return {
    hashes: FIELDS.map((field) => (hashed.includes(field) ? hashed[hashed.indexOf(field) + 1] : null)),
    params: seen.fired.split(call.MARK)[6],
    // Between its key and the end, as it stands.
    custom_data: seen.kept ? /,"custom_data":([^]*)\}$/.exec(seen.kept)?.[1] ?? "{}" : null,
    notices: seen.notices.filter(([code]) => !OF_COOKIES.some((name) => codes[name] === code)),
    url: kept["event_source_url"] ?? "",
    discreet,
    fbp: kept["user_data"]?.["fbp"],
    fbc: kept["user_data"]?.["fbc"],
  };
}

/** @type {Record<string, () => Promise<any>>} */
const BUILDS = {
  WebAssembly: async () => (await WebAssembly.instantiate(await readFile(path.join(root, "build/glue/pixel_twin_bg.wasm")), asImports())).instance.exports,
  "plain JS": async () => (await built("plain.js")).default(asImports()),
};

/** The glue's imports, with ours in the place of the page's. @returns {WebAssembly.Imports} */
function asImports() {
  const [module, functions] = /** @type {[string, Record<string, Function>]} */ (Object.entries(glue.imports)[0]);
  const ours = (/** @type {Function} */ its) => /** @type {[string, Function][]} */ (Object.entries(imports)).find(([name]) => its.name.includes(name))?.[1];
  return { [module]: /** @type {WebAssembly.ModuleImports} */ (Object.fromEntries(Object.entries(functions).map(([name, its]) => [name, ours(its)]))) };
}

for (const [name, instantiate] of Object.entries(BUILDS)) {
  test(`${name} gives what the native build gives`, async () => {
    const exports = await instantiate();
    glue.__wbg_set_wasm(exports);
    memory = exports[glue.memory];
    page.use(memory);
    let delivered = 0;
    cases.forEach((given, place) => {
      const expected = /** @type {Record<string, any>} */ (native[place]);
      const found = ask(given);
      const where = `SEED=${SEED}, case ${place}: ${JSON.stringify(given)}`;
      delivered += found.custom_data === null ? 0 : 1;
      assert.equal(found.custom_data, expected["custom_data"], where);
      for (const key of /** @type {const} */ (["hashes", "params", "notices", "discreet"])) assert.deepEqual(found[key], expected[key], `${key}, ${where}`);
      // No event was kept, so nothing is seen of these.
      if (found.custom_data === null) return;
      assert.equal(found.url, expected["url"], where);
      if (expected["fbp"]) assert.equal(found.fbp, expected["fbp"], where);
    });
    assert.ok(delivered > CASES / 4, "most events are delivered");
  });
}
