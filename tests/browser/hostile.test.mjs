/**
 * Whatever a page passes in: nothing is thrown at it, what can be told is told, and the event goes with the rest.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { root } from "../../scripts/run.mjs";
import { namesAreThere } from "./support/names.mjs";
import { sha256 } from "./support/shopping.mjs";
import { setStage } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

const stage = setStage();
const { visiting, open, serve, twins, one } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */

/** Opens a page where the companion warns, and every event has two twins. @param {Visit} visit */
const openPage = (visit) => open(visit, serve("/hostile", { data: { debug: "", routing: "all" } }));

/**
 * Calls `track` with what a source text makes, since such values can't be handed over from here. What the page would
 * have to catch comes out.
 * @param {Visit} visit @param {string} source of the arguments
 * @returns {Promise<string>} the id
 */
const track = (visit, source) => visit.page.evaluate((/** @type {string} */ source) => /** @type {any} */ (window).twin("track", ...new Function(`return [${source}]`)()), source);

/** Waits for a warning. @param {Visit} visit @param {string} field @param {string} code */
const warned = (visit, field, code) => until(`a warning ${code} at ${field}`, () => visit.warnings.some((text) => text.startsWith(`[pixel-twin] ${field}: `) && text.endsWith(`(${code})`)), () => visit.warnings);

/** Values under a key of the page's own. `comes`: what both twins carry; none if it is left out, for which there is a warning. @type {{ name: string, source: string, comes?: unknown, isSilent?: boolean }[]} */
const VALUES = [
  { name: "a getter that throws", source: "Object.defineProperty({}, 'odd', { enumerable: true, get() { throw new Error('getter'); } })" },
  { name: "a Proxy whose traps all throw", source: "{ odd: new Proxy({}, new Proxy({}, { get() { throw new Error('trap'); } })) }" },
  { name: "a revoked Proxy", source: "{ odd: (({ proxy, revoke }) => (revoke(), proxy))(Proxy.revocable([], {})) }" },
  { name: "a cycle", source: "{ odd: (() => { const cycle = { a: [] }; cycle.a.push(cycle); return cycle; })() }" },
  { name: "a text of 5 MB", source: "{ odd: 'x'.repeat(5_000_000) }" },
  { name: "a list of 5 million", source: "{ odd: new Array(5_000_000).fill(1) }" },
  { name: "a depth of 1,000", source: "{ odd: Array.from({ length: 1000 }).reduce((inner) => ({ inner }), 1) }" },
  { name: "a toJSON that throws", source: "{ odd: { toJSON() { throw new Error('toJSON'); } } }" },
  { name: "a toJSON that gives itself", source: "{ odd: { toJSON() { return this; } } }" },
  { name: "a BigInt", source: "{ odd: 9007199254740993n }", comes: "9007199254740993" },
  { name: "a Symbol", source: "{ odd: Symbol('odd') }" },
  { name: "a function", source: "{ odd: () => 1 }" },
  { name: "a Date", source: "{ odd: new Date(0) }", comes: "1970-01-01T00:00:00.000Z" },
  { name: "a Date without a time", source: "{ odd: new Date(NaN) }" },
  { name: "NaN", source: "{ odd: NaN }" },
  { name: "Infinity", source: "{ odd: Infinity }" },
  { name: "-Infinity", source: "{ odd: -Infinity }" },
  { name: "-0", source: "{ odd: -0 }", comes: 0 },
  { name: "null", source: "{ odd: null }", isSilent: true },
  { name: "undefined", source: "{ odd: undefined }", isSilent: true },
  { name: "a lone surrogate", source: "{ odd: 'a\\ud800b' }", comes: "a\ufffdb" },
];

for (const { name, source, comes, isSilent = comes !== undefined } of VALUES) {
  visiting(`case 57: a parameter that is ${name}`, async (visit) => {
    await openPage(visit);
    const row = await twins(await track(visit, `"Lead", Object.defineProperty(${source}, 'content_name', { value: 'kept', enumerable: true })`));
    for (const side of [row.browser, row.server]) assert.equal(side.custom_data.content_name, "kept");
    assert.deepEqual(row.server.custom_data.odd, comes);
    assert.equal(row.browser.custom_data.odd, comes === undefined ? undefined : String(comes));
    if (!isSilent) await warned(visit, "odd", "unreadable");
    else assert.deepEqual(visit.warnings, []);
    // The page is responsive and the companion goes on.
    await twins(await track(visit, `"Contact"`));
  });
}

visiting("case 57: a parameter that is a Map or a Set", async (visit) => {
  await openPage(visit);
  // Neither is data; what stands for them is not laid down, but it may be no text like "[object Map]".
  const row = await twins(await track(visit, `"Lead", { map: new Map([["a", 1]]), set: new Set([1]), content_name: "kept" }`));
  assert.equal(row.server.custom_data.content_name, "kept");
  assert.doesNotMatch(JSON.stringify(row), /\[object /);
});

visiting("case 57: keys named __proto__, constructor, toString and hasOwnProperty", async (visit) => {
  await openPage(visit);
  const hostile = `JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":"a","hasOwnProperty":"b","content_name":"kept"}')`;
  const row = await twins(await track(visit, `"Lead", ${hostile}, { orderId: "57", user: ${hostile} }`));
  assert.equal(row.event_id, "order_57");
  for (const side of [row.browser, row.server]) assert.equal(side.custom_data.content_name, "kept");
  await twins(await track(visit, `"Contact", {}, ${hostile}`));
  assert.equal(await visit.page.evaluate(() => /** @type {any} */ ({}).polluted), undefined);
});

for (const [name, source] of Object.entries({ "a list": '["a", "b"]', "a text": '"text"', "a number": "5", "a function": "() => 1, {}", "a Symbol": 'Symbol("s")', "a Proxy that throws": '(new Proxy({}, { ownKeys() { throw new Error("trap"); } }))' })) {
  visiting(`case 57: parameters that are ${name} where an object belongs`, async (visit) => {
    await openPage(visit);
    const row = await twins(await track(visit, `"Lead", ${source}`));
    assert.deepEqual([row.browser.custom_data, row.server.custom_data ?? {}], [{}, {}]);
    await warned(visit, "params", "params_invalid");
  });
}

for (const [name, source] of Object.entries({ "null": "null", "undefined": "undefined", "missing": "" })) {
  visiting(`case 57: parameters that are ${name}`, async (visit) => {
    await openPage(visit);
    await twins(await track(visit, `"Lead", ${source}`));
    assert.deepEqual(visit.warnings, []);
  });
}

for (const source of ['["a"]', '"text"', "5", "() => 1, undefined", 'Symbol("s")', 'new Proxy({}, { ownKeys() { throw new Error("trap"); } })', 'new Proxy({}, { get() { throw new Error("trap"); }, ownKeys() { return ["user"]; }, getOwnPropertyDescriptor() { return { enumerable: true, configurable: true }; } })', '{ user: ["a@b.co"] }', '{ user: "a@b.co" }', '{ user: { em: { a: 1 }, ph: [[1]], fn: () => 1, ln: Symbol("s"), get ct() { throw new Error("getter"); } } }', '{ orderId: {}, eventId: [] }', '{ orderId: NaN }', '{ routing: {} }', '{ eventId: Symbol("s") }']) {
  visiting(`case 57: options that are ${source}`, async (visit) => {
    await openPage(visit);
    const row = await twins(await track(visit, `"Lead", { content_name: "kept" }, ${source}`));
    assert.equal(row.server.custom_data.content_name, "kept");
    assert.match(row.event_id, /^[\da-f-]{36}$/);
    await until("a warning", () => visit.warnings.length > 0);
  });
}

/** What Meta's own parameters take. `comes`: of the server twin. @type {{ name: string, source: string, comes: object, field?: string, code?: string }[]} */
const STANDARD = [
  { name: 'value "12,50"', source: '{ value: "12,50", currency: "USD" }', comes: { currency: "USD" }, field: "value", code: "number_invalid" },
  { name: 'value "12.50"', source: '{ value: "12.50", currency: "USD" }', comes: { value: 12.5, currency: "USD" } },
  { name: "value NaN", source: '{ value: NaN, currency: "USD" }', comes: { currency: "USD" }, field: "value", code: "unreadable" },
  { name: 'value "Infinity"', source: '{ value: "Infinity", currency: "USD" }', comes: { currency: "USD" }, field: "value", code: "number_invalid" },
  { name: "value as a list", source: '{ value: [12.5], currency: "USD" }', comes: { currency: "USD" }, field: "value", code: "number_invalid" },
  { name: "contents as an object", source: '{ contents: { id: "a", quantity: 1 } }', comes: { contents: [{ id: "a", quantity: 1 }] }, field: "contents", code: "list_made" },
  { name: "contents of lists", source: '{ contents: [["a"], { id: "b" }] }', comes: { contents: [{ id: "b" }] }, field: "contents[0]", code: "custom_data_invalid" },
  { name: "content_ids as a text", source: '{ content_ids: "a" }', comes: { content_ids: ["a"] }, field: "content_ids", code: "list_made" },
];

for (const { name, source, comes, field, code } of STANDARD) {
  visiting(`case 57: ${name}`, async (visit) => {
    await openPage(visit);
    const row = await twins(await track(visit, `"Lead", ${source}`));
    assert.deepEqual(row.server.custom_data, comes);
    if (field && code) await warned(visit, field, code);
    else assert.deepEqual(visit.warnings, []);
  });
}

const FIELDS = ["em", "ph", "fn", "ln", "ge", "db", "ct", "st", "zp", "country", "external_id"];
const TEXTS = [
  "\ud800x", "x\udc00", "\udc00\ud800", "a\ud83d@b.co", "👩‍👩‍👧 Ünï", "🇩🇪", "שָׁלוֹם", "مرحبا", "\u202eevil\u202c", "Straße", "STRASSE", "ẞ", "İstanbul", "I\u0307", "ı",
  "ΟΔΟΣ ΣΑΣ", "Σ", "ΣΣ.", "AΣ\u0301", "ς", "e\u0301", "é", "ŉ", "ǰ", "ﬁ", "Ⅷ", "𝐀𝔅", "K@k.de", "\u00a0x\ufeff", "\u0085x\u0085", "\u200bx\u200b",
  "٣٤٥٦٧٨٩١٢", "１２３４５６７８", "+49 １ 5", "\t\v\fx\r\n", "\u2028", "’", "x".repeat(10_000), "1990-05-15", "５.6.1990", "INFO@SHOP.IT", "ILLINOIS", "MISS", "\u0001\u007f", "\ud800".repeat(40),
];

/** The rules as they are outside the browser. @param {string} field @param {string} value */
function native(field, value) {
  const { status, stdout } = spawnSync(path.join(root, "target/debug/twin-relay"), ["hash", "--", field, value], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}

/** @param {Visit} visit @param {[field: string, value: string][]} pairs @returns {Promise<(string | null)[]>} */
const hashes = (visit, pairs) => visit.page.evaluate((/** @type {[string, string][]} */ pairs) => pairs.map(([field, value]) => /** @type {any} */ (window).twin("hash", field, value)), pairs);

for (const field of FIELDS) {
  visiting(`case 58: odd text as ${field} hashes as outside the browser`, async (visit) => {
    assert.ok(native("em", "a@b.co") === sha256("a@b.co"), "the relay hashes");
    await openPage(visit);
    const given = await visit.page.evaluate((/** @type {string} */ json) => JSON.parse(json), JSON.stringify(TEXTS));
    assert.deepEqual(given, TEXTS, "the texts come into the page as they are");
    await namesAreThere(visit);
    const answers = await hashes(visit, TEXTS.map((text) => [field, text]));
    TEXTS.forEach((text, place) => assert.equal(answers[place], native(field, text), `${field} ${JSON.stringify(text).slice(0, 60)}`));
  });
}

visiting("case 58: U+0000 is a character like any other that a field keeps or drops", async (visit) => {
  await openPage(visit);
  /** No process takes it as an argument, so what the rules make of it stands here. @type {[field: string, value: string, normal: string | null][]} */
  const vectors = [
    ["fn", "A\u0000b", "a\u0000b"], ["ln", "\u0000", "\u0000"], ["external_id", "A\u0000 1", "a\u00001"], ["ph", "+49\u0000151", "49151"], ["ct", "Ber\u0000lin", "berlin"],
    ["st", "C\u0000A", "ca"], ["country", "D\u0000E", "de"], ["zp", "AB\u0000", "ab\u0000"], ["em", "a\u0000@b.co", null], ["ge", "f\u0000", null], ["db", "1990\u000005\u000015", "19900515"],
  ];
  const answers = await hashes(visit, vectors.map(([field, value]) => [field, value]));
  vectors.forEach(([field, value, normal], place) => assert.equal(answers[place], normal === null ? null : sha256(normal), `${field} ${JSON.stringify(value)}`));
});

visiting("case 58: odd text in an event's customer reaches the server twin as outside the browser", async (visit) => {
  await openPage(visit);
  const user = { fn: "İΣ", ln: "Stra\ud800ße", ct: "Ko\u0308ln", zp: "١٢ SW1", external_id: "👩‍👩‍👧ΣΑΣ", em: "K@k.de", ph: "+４９ 30 1" };
  const row = await twins(await track(visit, `"Lead", {}, { user: ${JSON.stringify(user)} }`));
  for (const [field, value] of Object.entries(user)) assert.deepEqual([row.server.user_data[field] ?? null].flat()[0], native(field, value), field);
});

for (const name of ["toString", "__proto__", "constructor", "hasOwnProperty", "Ünï 👩‍👩‍👧", "x".repeat(50)]) {
  visiting(`case 59: an event named ${name}`, async (visit) => {
    await openPage(visit);
    const row = await twins(await track(visit, JSON.stringify(name)));
    assert.deepEqual([row.event_name, row.browser.params.tm, row.server.event_name ?? row.event_name], [name, "2", name]);
    assert.deepEqual(visit.warnings, []);
  });
}

for (const [name, source] of Object.entries({ empty: '""', "of spaces": '"   "', "of 51 characters": '"x".repeat(51)', "of 10 kB": '"x".repeat(10_000)', "with U+0000": '"a\\0b"', "with a line break": '"a\\nb"', "with U+001F": '"a\\x1fb"', "with DEL": '"a\\x7fb"', "that is an object": "{}", "that is null": "null", "that is missing": "", "that is a Symbol": 'Symbol("s")' })) {
  visiting(`case 59: an event name ${name} is refused, with its id given all the same`, async (visit) => {
    await openPage(visit);
    const refused = await track(visit, source || "undefined");
    assert.match(refused, /^[\da-f-]{36}$/);
    await warned(visit, "track", "event_name_invalid");
    await twins(await track(visit, `"Contact"`));
    await visit.twin("flush");
    assert.deepEqual(stage.world.proxy.seen.filter(({ url, body }) => (url + body).includes(refused)), []);
  });
}

visiting("case 59: an event named like a method of every object takes no route from there", async (visit) => {
  await open(visit, serve("/hostile", { data: { debug: "" } }));
  for (const name of ["toString", "constructor", "__proto__"]) await one(await track(visit, JSON.stringify(name)), "browser only");
});
