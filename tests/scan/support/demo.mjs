/**
 * Many small shops behind one door: a TLS server that plays every host, Meta's by the stand-in.
 */

import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { generate } from "selfsigned";
import { root } from "../../../scripts/run.mjs";
import { startServer } from "../../../scripts/servers.mjs";

/**
 * What a shop answers.
 * @typedef {object} Answer
 * @property {string} [body] HTML, unless the headers say otherwise
 * @property {number} [status]
 * @property {Record<string, string | string[]>} [headers]
 */
/** @typedef {(request: { path: string, url: URL, method: string, body: string }) => Answer | undefined} Site `undefined`: there is no such page */

/** Meta's hosts that answer as the stand-in does. */
const META = ["connect.facebook.net", "www.facebook.com", "graph.facebook.com"];

/** @param {http.IncomingMessage} request */
async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The companion's own files, for shops that have it. @param {string} file @returns {Promise<Answer | undefined>} */
async function fromDist(file) {
  if (!/^\/twin[\w.-]*\.js$/.test(file)) return undefined;
  return { body: await readFile(path.join(root, "dist", file.slice(1)), "utf8"), headers: { "content-type": "text/javascript; charset=utf-8" } };
}

/** Starts it. @param {Record<string, Site>} sites by host */
export async function startDemo(sites) {
  const standin = await startServer("twin-standin", { args: ["--port", "0", "--latency-ms", "0"] });

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
  async function handle(request, response) {
    const url = new URL(request.url ?? "/", `https://${request.headers.host}`);
    const body = await bodyOf(request);
    if (META.includes(url.hostname) && !url.pathname.startsWith("/gone/")) {
      const onward = http.request(`${standin.url}${request.url}`, { method: request.method ?? "GET", headers: { ...request.headers, host: new URL(standin.url).host } });
      onward.on("response", (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.destroy());
      return void onward.end(body);
    }
    const answer = (await fromDist(url.pathname).catch(() => undefined)) ?? sites[url.hostname]?.({ path: url.pathname, url, method: request.method ?? "", body });
    response.writeHead(answer?.status ?? (answer ? 200 : 404), { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", ...answer?.headers });
    response.end(answer?.body ?? "");
  }

  const { private: key, cert } = await generate([{ name: "commonName", value: "all hosts" }], { keySize: 2048 });
  const server = https.createServer({ key, cert }, (request, response) => void handle(request, response).catch(() => response.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    /** What sends a browser here, whatever host it asks for. */
    browserArgs: [`--host-resolver-rules=MAP * 127.0.0.1:${port}`, "--ignore-certificate-errors"],
    async stop() {
      server.closeAllConnections();
      server.close();
      await standin.stop();
    },
  };
}
