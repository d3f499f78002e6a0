/**
 * The cases themselves: each one is failed by an endpoint that passes on whatever comes and always says yes.
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { CASES, PIXEL_ID, TOKEN } from "./support/cases.mjs";
import { startMeta } from "./support/meta.mjs";

/** @type {import("./support/meta.mjs").Meta} */
let meta;
/** @type {http.Server} */
let server;
let url = "";

before(async () => {
  meta = await startMeta();
  server = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    await fetch(`${meta.url}/v26.0/${PIXEL_ID}/events`, { method: "POST", headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" }, body }).catch(() => {});
    response.end(`sent with ${TOKEN}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}/`;
});
after(async () => {
  server?.close();
  server?.closeAllConnections();
  await meta?.stop();
});
beforeEach(() => meta.reset());

for (const [name, body] of Object.entries(CASES)) {
  test(`a careless endpoint fails: ${name}`, () => assert.rejects(body({ url, behindProxy: url, knowsPeer: true, log: () => "" }, meta), assert.AssertionError));
}
