/**
 * tests/endpoints/post.json, the post that the endpoints of docs/endpoints/ are tested with, is what twin.js posts today.
 * `RECORD=1` in front of this test writes it anew.
 */

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../../scripts/run.mjs";
import { setStage } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

const SHOP = "https://www.shop.example";
const FILE = path.join(root, "tests/endpoints/post.json");

const stage = setStage();

/** Without times and random numbers. @param {string} body */
function timeless(body) {
  const { data, sent_at } = JSON.parse(body);
  assert.ok(Number.isSafeInteger(sent_at));
  return data.map((/** @type {any} */ event) => ({
    ...event,
    event_time: String(event.event_time).length,
    event_id: event.event_id.replace(/^[\da-f-]{36}$/, "UUID"),
    user_data: { ...event.user_data, fbp: event.user_data.fbp.replace(/\d{13}\.\d+$/, "…"), fbc: event.user_data.fbc.replace(/\d{13}/, "…") },
  }));
}

stage.visiting(
  "the recorded post is what the companion posts",
  async (visit) => {
    const url = stage.serve(`${SHOP}/`);
    await stage.open(visit, `${url}?fbclid=AbC_dEf-123XyZ`);
    await visit.page.evaluate(() => {
      const { twin } = /** @type {any} */ (window);
      twin("identify", { em: " Maria.Schmidt@Example.com ", ph: "+49 (0) 221 555 0199", fn: "María", ln: "Schmidt-Löwe", ct: "Köln", zp: "50667", country: "DE", external_id: "SK-0815" });
      twin("track", "InitiateCheckout", { value: 86.5, currency: "EUR", content_ids: ["teapot"], content_type: "product", num_items: 1 });
      const teapot = { id: "teapot", quantity: 1, item_price: 86.5 };
      twin("track", "Purchase", { value: 86.5, currency: "EUR", contents: [teapot], content_type: "product", content_name: "Teekanne „Köln“ 🫖", order_id: "12345", gift: true }, { orderId: "12345" });
    });
    const posts = () => stage.world.proxy.seen.filter((request) => stage.world.isEndpoint(request));
    // Both in one: they are posted after the page's running code.
    const { body } = await until("the post", () => posts().find(({ body }) => body.includes("InitiateCheckout") && body.includes("Purchase")), posts);
    if (process.env["RECORD"]) await writeFile(FILE, `${JSON.stringify(JSON.parse(body), null, 1)}\n`);
    assert.deepEqual(timeless(body), timeless(await readFile(FILE, "utf8")));
  },
  { origin: SHOP },
);
