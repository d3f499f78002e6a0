/**
 * Serves code written for a platform that hands it a `Request` and wants a `Response`. The platform's own part is played here:
 * who the visitor is.
 *
 * node fetch-handler.mjs worker|workerd|next
 */

import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";

/** @typedef {(request: Request) => Promise<Response>} Respond */

/** A file of the folder that this runs in. @param {string} file @returns {Promise<any>} */
const load = (file) => import(pathToFileURL(path.resolve(file)).href);

/** Cloudflare's own runtime, from the folder's packages. @returns {Promise<Respond>} */
async function startWorkerd() {
  const { Miniflare } = createRequire(path.resolve("package.json"))("miniflare");
  const bindings = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("TWIN_")));
  const show = (/** @type {Readable[]} */ ...streams) => streams.forEach((stream) => stream.pipe(process.stderr));
  const workerd = new Miniflare({ modules: true, scriptPath: "worker.js", compatibilityDate: "2026-01-01", cf: false, bindings, handleRuntimeStdio: show });
  return ({ url, method, headers, body }) => workerd.dispatchFetch(url, { method, headers: Object.fromEntries(headers), body, duplex: "half" });
}

/** What each platform runs, and the header in which it tells who the visitor is. @type {Record<string, { visitor: string, start: () => Promise<Respond> }>} */
const PLATFORMS = {
  // Cloudflare overwrites what the visitor has sent.
  worker: { visitor: "cf-connecting-ip", start: () => load("worker.js").then((worker) => (request) => worker.default.fetch(request, process.env)) },
  workerd: { visitor: "cf-connecting-ip", start: startWorkerd },
  next: { visitor: "x-forwarded-for", start: () => load("route.js").then((route) => (request) => route[request.method](request)) },
};

const platform = PLATFORMS[process.argv[2] ?? ""];
if (!platform) throw new Error("worker, workerd or next?");
const respond = await platform.start();

createServer(async (incoming, outgoing) => {
  const headers = new Headers(/** @type {Record<string, string>} */ (incoming.headers));
  const forwarded = headers.get("x-forwarded-for");
  const proxied = process.env["TWIN_PROXY_COUNT"] === "1" ? forwarded?.split(", ").at(-1) : undefined;
  const peer = proxied ?? incoming.socket.remoteAddress ?? "";
  // Next.js adds the peer only where nobody has written before it.
  headers.set(platform.visitor, platform.visitor === "x-forwarded-for" ? (forwarded ?? peer) : peer);
  const body = incoming.method === "POST" ? /** @type {ReadableStream} */ (Readable.toWeb(incoming)) : null;
  const options = { method: incoming.method ?? "", headers, body, duplex: "half" };
  const response = await respond(new Request(`http://${incoming.headers.host}${incoming.url}`, options));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
}).listen(Number(process.env["PORT"]), "127.0.0.1");
