/**
 * The table of GA4's events through the part that ships, one push after the other.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/run.mjs";

/** @type {{ cases: { name: string, options?: object, in: any[], out: unknown[] }[] }} */
const { cases } = JSON.parse(await readFile(path.join(root, "tests/vectors/ga4.json"), "utf8"));
/** @type {{ default: (track: (...call: unknown[]) => unknown, source?: unknown, options?: unknown) => void }} */
const { default: dataLayer } = await import(pathToFileURL(path.join(root, "dist/data-layer.js")).href);

/** As `gtag()` pushes it. @param {...unknown} _ */
function command(..._) {
  return arguments;
}

/** What `track` is called with for these pushes, one by one. @param {unknown[]} pushes @param {unknown} [options] */
function calls(pushes, options) {
  /** @type {unknown[]} */
  const made = [];
  for (const push of pushes) dataLayer((...call) => made.push(call), push, options);
  return made;
}

test("there are tables for all shapes", () => assert.ok(cases.length >= 60));

for (const { name, options, in: pushes, out } of cases) {
  test(name, () => {
    const entries = pushes.map((push) => (push.arguments ? command(...push.arguments) : push));
    const before = JSON.stringify(pushes);
    assert.deepEqual(calls(entries, options), out);
    assert.equal(JSON.stringify(pushes), before, "the page's own objects are as they were");
  });
}

const thrower = () => {
  throw new Error("the page's own");
};

test("what throws when it is read has nothing to say, and the rest goes", () => {
  const item = { get item_id() { return thrower(); }, price: 5 };
  const push = { event: "purchase", get user_data() { return thrower(); }, ecommerce: { get value() { return thrower(); }, transaction_id: "T1", currency: "EUR", items: [item, { item_id: "a", get price() { return thrower(); } }] } };
  assert.deepEqual(calls([push]), [["Purchase", { contents: [{ id: "a", quantity: 1 }], content_ids: ["a"], content_type: "product", num_items: 2, value: 5, currency: "EUR", order_id: "T1" }, { orderId: "T1" }]]);
});

test("nothing that is passed can throw", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const traps = new Proxy({}, { get: thrower, has: thrower, ownKeys: thrower, getPrototypeOf: thrower });
  const cycle = /** @type {any} */ ({ event: "purchase" });
  cycle.ecommerce = cycle.items = cycle.user_data = cycle;
  const endless = new Proxy(/** @type {unknown[]} */ ([]), { get: (list, key) => (key === "length" ? 1e9 : Reflect.get(list, key)) });
  const odd = [proxy, traps, cycle, Symbol("s"), 5, true, () => 1, new Date(NaN), { event: traps }, { event: "purchase", ecommerce: traps }, { event: "purchase", items: endless }, { event: "purchase", ecommerce: proxy }, { event: "purchase", ecommerce: { items: [proxy, traps], value: 5n } }];
  const names = odd.flatMap((entry) => calls([entry], traps)).map((call) => /** @type {unknown[]} */ (call)[0]);
  assert.deepEqual(names, Array(5).fill("Purchase"));
});

test("a track that throws does not reach the page either", () => {
  dataLayer(thrower, { event: "purchase" });
});
