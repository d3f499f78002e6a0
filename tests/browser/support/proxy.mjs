/**
 * The network between the browser and everything else. It sees every request, also those that outlive their page, and can
 * block, hold or answer them in place of their host. It also plays the TLS side of made-up hosts such as www.shop.example.
 */

import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { generate } from "selfsigned";
import { inject } from "./injection.mjs";
import { Rules } from "./rules.mjs";

/**
 * A request as it left the browser, and what became of it.
 * @typedef {object} Seen
 * @property {string} method
 * @property {string} url
 * @property {http.IncomingHttpHeaders} headers
 * @property {string} body
 * @property {number} [status] of the answer, once there is one
 */

/**
 * One visitor's way into the network.
 * @typedef {object} Door
 * @property {number} port of the proxy for this visitor
 * @property {boolean} isOffline nothing gets through
 * @property {string[]} scripts run first in every page that comes through, for engines that have no such thing
 * @property {(request: Seen) => boolean} [overhear] takes what an engine itself sends by way of a page
 * @property {string} [userAgent] in place of the browser's own
 * @property {() => void} close
 */

/** What the browsers themselves talk to, whatever the page. */
const BROWSERS_OWN = /(^|\.)((google|googleapis|gvt1|gstatic|mozilla|firefox)\.com|(mozilla|firefox|mozaws|webkitgtk)\.(org|net)|nextdns\.io)$/;

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Starts one. */
export async function startProxy() {
  /** @type {Seen[]} */
  const seen = [];
  const rules = new Rules();
  /** Where the hosts lie that the tests made up. @type {Map<string, string>} */
  const hosts = new Map();
  /** Hosts with a port whose TLS fails. @type {Set<string>} */
  const withoutTls = new Set();
  /** Whether the shop is told that its visitor came by https. */
  let tellsScheme = false;
  /** @type {Set<http.Server>} */
  const servers = new Set();

  /** @param {http.Server} server */
  const listen = async (server) => {
    servers.add(server.listen(0, "127.0.0.1"));
    await once(server, "listening");
    return /** @type {net.AddressInfo} */ (server.address()).port;
  };

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} response @param {URL} url @param {Door} door */
  async function handle(request, response, url, door) {
    /** @type {Buffer[]} */
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (door.userAgent) request.headers["user-agent"] = door.userAgent;
    /** @type {Seen} */
    const entry = { method: request.method ?? "", url: url.href, headers: request.headers, body: body.toString() };
    if (BROWSERS_OWN.test(url.hostname)) return void response.writeHead(404).end();
    if (door.overhear?.(entry)) return void response.writeHead(204).end();
    // Nothing leaves a browser that is offline.
    if (door.isOffline) return void request.socket.destroy();
    seen.push(entry);
    await rules.held(url, entry);
    if (door.isOffline || rules.blocks(url)) return void request.socket.destroy();
    // Browsers ask once more by themselves where a connection that they had used before breaks. A test wants to see each
    // of the page's own requests, and no more.
    response.shouldKeepAlive = false;

    /** @param {number} status @param {http.OutgoingHttpHeaders} headers @param {AsyncIterable<Buffer> | Buffer[]} content */
    const respond = async (status, headers, content) => {
      entry.status = status;
      if (rules.cuts(url)) return void request.socket.destroy();
      if (door.scripts.length > 0 && /^text\/html/.test(String(headers["content-type"]))) {
        const parts = [];
        for await (const part of content) parts.push(part);
        const page = inject(door.scripts, headers, Buffer.concat(parts).toString("latin1"));
        return void response.writeHead(status, page.headers).end(page.html, "latin1");
      }
      // A stream of events begins with its head.
      response.writeHead(status, headers).flushHeaders();
      for await (const part of content) response.write(part);
      response.end();
    };

    const own = rules.answer(url, entry);
    if (own) return respond(own.status ?? 200, { "content-type": own.type ?? "text/plain", ...own.headers }, [Buffer.from(own.body ?? "")]);
    const target = hosts.get(url.origin) ?? (url.protocol === "http:" && LOOPBACK.includes(url.hostname) ? url.origin : undefined);
    if (!target) return respond(404, { "content-type": "text/plain" }, []);
    const { "proxy-connection": _, ...headers } = request.headers;
    if (tellsScheme) headers["x-forwarded-proto"] = url.protocol.slice(0, -1);
    const { hostname, port } = new URL(target);
    const onward = http.request({ host: hostname.replace(/^\[|\]$/g, ""), port, method: request.method, path: url.pathname + url.search, headers: { ...headers, connection: "close" } });
    onward.on("response", (answer) => {
      response.on("close", () => answer.destroy());
      const { connection: _, "keep-alive": __, "transfer-encoding": ___, ...answered } = answer.headers;
      respond(answer.statusCode ?? 0, answered, answer).catch(() => request.socket.destroy());
    });
    onward.on("error", () => request.socket.destroy());
    onward.end(body);
  }

  const { private: key, cert } = await generate([{ name: "commonName", value: "all hosts" }], { keySize: 2048 });

  /** @returns {Promise<Door>} */
  async function openDoor() {
    /** @param {(request: http.IncomingMessage) => string} address */
    const take = (address) => (/** @type {http.IncomingMessage} */ request, /** @type {http.ServerResponse} */ response) =>
      // A browser that goes away in the middle of its request is no error.
      void handle(request, response, new URL(address(request)), door).catch(() => request.socket.destroy());
    // https hosts end here: nothing of a test may reach the real ones.
    const secure = https.createServer({ key, cert }, take((request) => `https://${request.headers.host}${request.url}`));
    const plain = http.createServer(take((request) => request.url ?? ""));
    const securePort = await listen(secure);
    plain.on("connect", (request, socket) => {
      if (door.isOffline) return void socket.destroy();
      const tunnel = net.connect(withoutTls.has(request.url ?? "") ? door.port : securePort, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        tunnel.pipe(socket).pipe(tunnel);
      });
      for (const end of [tunnel, socket]) end.on("error", () => (tunnel.destroy(), socket.destroy()));
    });
    /** @type {Door} */
    const door = {
      port: await listen(plain),
      isOffline: false,
      scripts: [],
      close() {
        for (const server of [secure, plain]) {
          server.closeAllConnections();
          server.close();
          servers.delete(server);
        }
      },
    };
    return door;
  }

  return {
    openDoor,
    /** Everything the browser asked for since the last reset. */
    seen,
    /** Lets a made-up origin lie at another, real one. @param {string} origin https or http @param {string} target http */
    host: (origin, target) => hosts.set(origin, target),
    /** Blocks what passes the filter, as an ad blocker or a dead line would; gives what ends it. @param {import("./rules.mjs").Filter} filter */
    block: (filter) => rules.block(filter),
    /** Holds what passes the filter until it is released, then and from then on lets it go. @param {import("./rules.mjs").Filter} filter */
    hold: (filter) => rules.hold(filter),
    /** Passes on what passes the filter, but the answer never comes: the line breaks; gives what ends it. @param {import("./rules.mjs").Filter} filter */
    cut: (filter) => rules.cut(filter),
    /** Lets TLS fail at an https origin: who answers there speaks none; gives what ends it. @param {string} origin */
    breakTls(origin) {
      const { hostname, port } = new URL(origin);
      const host = `${hostname}:${port || 443}`;
      withoutTls.add(host);
      return () => withoutTls.delete(host);
    },
    /** From now on tells the shop whether its visitor came by https, as a server in front of it does. */
    tellScheme() {
      tellsScheme = true;
    },
    /** Answers in place of a host. @param {string} url without query @param {import("./rules.mjs").Answers} answer */
    answer: (url, answer) => rules.setAnswer(url, answer),
    reset() {
      seen.length = 0;
      withoutTls.clear();
      tellsScheme = false;
      rules.clear();
    },
    async stop() {
      rules.clear();
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
