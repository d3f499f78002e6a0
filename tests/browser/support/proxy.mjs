/**
 * The network between the browser and everything else. It sees every request, also those that outlive their page, and can
 * block, delay or answer them in place of their host.
 */

import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { generate } from "selfsigned";

/**
 * A request as it left the browser, and what became of it.
 * @typedef {object} Seen
 * @property {string} method
 * @property {string} url
 * @property {http.IncomingHttpHeaders} headers
 * @property {string} body
 * @property {number} [status] of the answer, once there is one
 */

/** @typedef {(url: URL) => boolean} Filter */
/** @typedef {{ status?: number, type?: string, body?: string }} Answer */

/** What Chromium itself talks to, whatever the page. */
const CHROMIUMS_OWN = /(^|\.)(google|googleapis|gvt1|gstatic)\.com$/;

/** Starts one on a free port. */
export async function startProxy() {
  /** @type {Seen[]} */
  const seen = [];
  /** @type {Set<Filter>} */
  const blocked = new Set();
  /** @type {Map<string, Answer>} by URL without its query */
  const answers = new Map();

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} response @param {URL} url */
  async function handle(request, response, url) {
    /** @type {Buffer[]} */
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    /** @type {Seen} */
    const entry = { method: request.method ?? "", url: url.href, headers: request.headers, body: body.toString() };
    if (!CHROMIUMS_OWN.test(url.hostname)) seen.push(entry);
    if ([...blocked].some((blocks) => blocks(url))) return void request.socket.destroy();
    const own = answers.get(url.origin + url.pathname);
    if (own || url.protocol === "https:") {
      entry.status = own?.status ?? (own ? 200 : 404);
      response.writeHead(entry.status, { "content-type": own?.type ?? "text/plain" }).end(own?.body ?? "");
      return;
    }
    const { "proxy-connection": _, ...headers } = request.headers;
    const onward = http.request({ host: url.hostname, port: url.port || 80, method: request.method, path: url.pathname + url.search, headers });
    onward.on("response", (answer) => {
      entry.status = answer.statusCode ?? 0;
      response.writeHead(entry.status, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => request.socket.destroy());
    onward.end(body);
  }

  // https hosts end here: nothing of a test may reach the real ones.
  const { private: key, cert } = await generate([{ name: "commonName", value: "all hosts" }], { keySize: 2048 });
  const secure = https.createServer({ key, cert }, (request, response) => void handle(request, response, new URL(`https://${request.headers.host}${request.url}`)));
  const plain = http.createServer((request, response) => void handle(request, response, new URL(request.url ?? "")));
  plain.on("connect", (request, socket) => {
    const tunnel = net.connect(/** @type {net.AddressInfo} */ (secure.address()).port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      tunnel.pipe(socket).pipe(tunnel);
    });
    for (const end of [tunnel, socket]) end.on("error", () => (tunnel.destroy(), socket.destroy()));
  });
  for (const server of [secure, plain]) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }

  return {
    port: /** @type {net.AddressInfo} */ (plain.address()).port,
    /** Everything the browser asked for since the last reset. */
    seen,
    /** Blocks what passes the filter, as an ad blocker or a dead line would; gives what ends it. @param {Filter} filter */
    block(filter) {
      blocked.add(filter);
      return () => blocked.delete(filter);
    },
    /** Answers in place of a host. @param {string} url without query @param {Answer} answer */
    answer: (url, answer) => answers.set(url, answer),
    reset() {
      seen.length = 0;
      blocked.clear();
      answers.clear();
    },
    async stop() {
      for (const server of [secure, plain]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
