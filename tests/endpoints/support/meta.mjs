/**
 * The local Meta, with somebody listening on the line: what an endpoint sends is seen as it stands, and judged by the stand-in.
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { startServer } from "../../../scripts/servers.mjs";

/** A request as an endpoint has sent it. @typedef {{ method: string, url: string, headers: http.IncomingHttpHeaders, body: any }} Sent */
/** @typedef {Awaited<ReturnType<typeof startMeta>>} Meta */

export async function startMeta() {
  const standin = await startServer("twin-standin", { args: ["--port", "0", "--latency-ms", "0"] });
  /** @type {Sent[]} */
  const sent = [];
  let isCut = false;

  const line = http.createServer(async (request, response) => {
    if (isCut) return void request.socket.destroy();
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { method = "", url = "", headers } = request;
    sent.push({ method, url, headers, body: parsed(body) });
    const onward = await fetch(standin.url + url, { method, headers: { authorization: headers.authorization ?? "", "content-type": headers["content-type"] ?? "" }, body });
    response.writeHead(onward.status, { "content-type": onward.headers.get("content-type") ?? "" }).end(await onward.text());
  });
  line.listen(0, "127.0.0.1");
  await once(line, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (line.address());

  const meta = {
    url: `http://127.0.0.1:${port}`,
    /** What came since the last reset. */
    sent,
    /** @returns {Promise<any[]>} newest first */
    conversions: async () => (await fetch(`${standin.url}/api/conversions`)).json(),
    /** Graph requests as the stand-in saw them. @returns {Promise<any[]>} newest first */
    requests: async () => (await fetch(`${standin.url}/__sim/requests`)).json(),
    /** Arms a fault, which strikes once. @param {object} fault */
    async fault(fault) {
      const { status } = await fetch(`${standin.url}/__sim/fault`, { method: "POST", body: JSON.stringify(fault) });
      assert.equal(status, 201);
    },
    /** Nobody answers any more. */
    cut: () => (isCut = true),
    async reset() {
      isCut = false;
      sent.length = 0;
      await fetch(`${standin.url}/__sim/fault`, { method: "DELETE" });
      await fetch(`${standin.url}/__sim/reset`, { method: "POST" });
    },
    async stop() {
      line.close();
      line.closeAllConnections();
      await standin.stop();
    },
  };
  return meta;
}

/** @param {string} body */
function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
