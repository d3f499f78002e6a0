/**
 * What every endpoint promises, whatever it is written in.
 */

import assert from "node:assert/strict";
import { freshPost, send, sendThrough, SHOP, USER_AGENT } from "./post.mjs";

/**
 * An endpoint under test, twice: one that visitors reach directly, and one behind a proxy of the shop's.
 * @typedef {object} Endpoint
 * @property {string} url
 * @property {string} behindProxy
 * @property {boolean} knowsPeer whether it sees who is at the other end of the line
 * @property {() => string} log what both have printed
 */

export const PIXEL_ID = "1234567890";
export const TOKEN = "EAABsecret-token-of-the-shop";

const MAX_BODY_BYTES = 256 * 1024;

/** @param {number} status */
const isTaken = (status) => status >= 200 && status < 300;
/** What the companion keeps and posts again. @param {number} status */
const isRetried = (status) => status === 429 || status >= 500;
/** What it gives up. @param {number} status */
const isRefused = (status) => status >= 400 && status < 500 && ![408, 425, 429].includes(status);

/** Allowed to the pages of the shop alone. @param {Headers} headers */
function assertReadable(headers) {
  assert.equal(headers.get("access-control-allow-origin"), SHOP);
  assert.equal(headers.get("access-control-allow-credentials"), "true");
  assert.match(headers.get("vary") ?? "", /origin/i);
}

/** @param {unknown} answer */
const assertNoToken = (answer) => assert.ok(!JSON.stringify(answer).includes(TOKEN), "the token is in an answer");

/** @type {Record<string, (endpoint: Endpoint, meta: import("./meta.mjs").Meta) => Promise<void>>} */
export const CASES = {
  "a post of the companion's is sent on with address and user agent, and nothing else is changed": async ({ url }, meta) => {
    const post = freshPost();
    const { status, headers, text } = await send(url, post);
    assert.ok(isTaken(status), String(status));
    assertReadable(headers);
    assertNoToken([...headers, text]);

    assert.equal(meta.sent.length, 1);
    const [sent] = meta.sent;
    assert.deepEqual([sent?.method, sent?.url, sent?.headers.authorization], ["POST", `/v26.0/${PIXEL_ID}/events`, `Bearer ${TOKEN}`]);
    const added = { client_ip_address: "127.0.0.1", client_user_agent: USER_AGENT };
    assert.deepEqual(sent?.body, { data: post.data.map((event) => ({ ...event, user_data: { ...event.user_data, ...added } })) });

    const rows = await meta.conversions();
    assert.deepEqual(rows.map((row) => [row.event_name, row.event_id, row.status]).sort(), post.data.map((event) => [event.event_name, event.event_id, "server only"]).sort());
    assert.deepEqual((await meta.requests()).map(({ status, lints }) => [status, lints]), [[200, []]]);
  },

  "what a client claims of itself is not believed": async ({ url, knowsPeer }, meta) => {
    const post = { ...freshPost(), access_token: "EAABanother-token", test_event_code: "TEST1" };
    for (const event of post.data) Object.assign(event.user_data, { client_ip_address: "6.6.6.6", client_user_agent: "forged" });
    assert.ok(isTaken((await send(url, post, knowsPeer ? { "x-forwarded-for": "6.6.6.6" } : {})).status));
    const [sent] = meta.sent;
    assert.deepEqual(Object.keys(sent?.body), ["data"]);
    for (const { user_data } of sent?.body.data) assert.deepEqual([user_data.client_ip_address, user_data.client_user_agent], ["127.0.0.1", USER_AGENT]);
  },

  "behind a proxy the visitor's address is the one that the proxy has seen": async ({ behindProxy }, meta) => {
    // One proxy adds to the header, another one adds a header.
    for (const forwarded of ["6.6.6.6, 203.0.113.9", ["6.6.6.6", "203.0.113.9"]]) {
      assert.ok(isTaken(await sendThrough(behindProxy, freshPost(), forwarded)));
      for (const { user_data } of meta.sent.pop()?.body.data) assert.equal(user_data.client_ip_address, "203.0.113.9");
    }
  },

  "pages of other origins are refused": async ({ url }, meta) => {
    for (const origin of ["https://evil.example", `${SHOP}.evil.example`, "https://shop.example", "http://www.shop.example", "null", undefined]) {
      const { status, headers } = await send(url, freshPost(), { origin });
      assert.deepEqual([origin, status, headers.get("access-control-allow-origin")], [origin, 403, null]);
    }
    assert.equal(meta.sent.length, 0);
  },

  "a browser that asks first is told yes for the shop's pages, and no for others": async ({ url }) => {
    const ask = (/** @type {string} */ origin) => fetch(url, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" } });
    const yes = await ask(SHOP);
    assert.ok(isTaken(yes.status), String(yes.status));
    assertReadable(yes.headers);
    assert.match(yes.headers.get("access-control-allow-headers") ?? "", /content-type/i);
    const no = await ask("https://evil.example");
    assert.deepEqual([no.status, no.headers.get("access-control-allow-origin")], [403, null]);
  },

  "a body over the limit is refused, with its length said or not": async ({ url }, meta) => {
    const post = freshPost();
    const room = (/** @type {number} */ bytes) => ({ ...post, room: "x".repeat(bytes) });
    assert.equal((await send(url, room(MAX_BODY_BYTES))).status, 413);
    const chunks = new ReadableStream({
      start(stream) {
        for (const chunk of JSON.stringify(room(2 * MAX_BODY_BYTES)).match(/.{1,65536}/gs) ?? []) stream.enqueue(Buffer.from(chunk));
        stream.close();
      },
    });
    // A server that reads no body without a length may hang up while it comes. Browsers always say one.
    const answer = await send(url, chunks).catch(() => undefined);
    assert.ok(!answer || isRefused(answer.status), String(answer?.status));
    assert.equal(meta.sent.length, 0);
    assert.ok(isTaken((await send(url, room(MAX_BODY_BYTES - 8192))).status));
  },

  "what holds no events is refused": async ({ url }, meta) => {
    for (const body of ["", "no JSON", "[]", "7", "null", "{}", '{"data":[]}', '{"data":{}}', '{"data":"text"}', '{"data":[7]}', '{"data":[null]}']) {
      const { status, text } = await send(url, body);
      assert.ok(isRefused(status), `${body}: ${status}`);
      assertNoToken(text);
    }
    assert.deepEqual(await meta.conversions(), []);
  },

  "what Meta may take later is left with the companion": async ({ url, log }, meta) => {
    for (const name of ["service", "unknown", "html_502", "app_limit", "buc_limit", "blocked", "not_ready", "token_expired", "permission", "dataset_gone", "zero"]) {
      await meta.fault({ name });
      const { status, headers, text } = await send(url, freshPost());
      assert.ok(isRetried(status), `${name}: ${status}`);
      // A browser that may not read the answer takes it for a broken line, which is as good.
      assertReadable(headers);
      assertNoToken([...headers, text]);
    }
    assert.deepEqual(await meta.conversions(), []);
    assert.match(log(), /190 463/);
    assertNoToken(log());
  },

  "a line to Meta that is cut leaves the events with the companion": async ({ url, log }, meta) => {
    meta.cut();
    const { status, text } = await send(url, freshPost());
    assert.ok(isRetried(status), String(status));
    assertNoToken([text, log()]);
  },

  "what Meta refuses for good is not posted again": async ({ url }, meta) => {
    await meta.fault({ name: "poison" });
    const { status, text } = await send(url, freshPost());
    assert.ok(isRefused(status), String(status));
    assertNoToken(text);
  },
};
