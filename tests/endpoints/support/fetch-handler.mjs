/**
 * Serves code written for a platform that hands it a `Request` and wants a `Response`. The platform's own part is played here:
 * who the visitor is.
 *
 * node fetch-handler.mjs worker|next
 */

import { once } from "node:events";
import { createServer } from "node:http";
import path from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";

/** @type {Record<string, { file: string, visitor: string, respond: (module: any, request: Request) => Promise<Response> }>} */
const PLATFORMS = {
  // Cloudflare overwrites what the visitor has sent.
  worker: { file: "worker.js", visitor: "cf-connecting-ip", respond: (module, request) => module.default.fetch(request, process.env) },
  // Next.js adds the peer where nobody has before it.
  next: { file: "route.js", visitor: "x-forwarded-for", respond: async (module, request) => module[request.method](request) },
};

const platform = PLATFORMS[process.argv[2] ?? ""];
if (!platform) throw new Error("worker or next?");
const module = await import(pathToFileURL(path.resolve(platform.file)).href);

const server = createServer(async (incoming, outgoing) => {
  const headers = new Headers(/** @type {Record<string, string>} */ (incoming.headers));
  const proxied = process.env["TWIN_PROXY_COUNT"] === "1" ? headers.get("x-forwarded-for")?.split(", ").at(-1) : undefined;
  const peer = proxied ?? incoming.socket.remoteAddress ?? "";
  headers.set(platform.visitor, platform.visitor === "x-forwarded-for" && proxied ? (headers.get("x-forwarded-for") ?? "") : peer);
  const body = incoming.method === "POST" ? /** @type {ReadableStream} */ (Readable.toWeb(incoming)) : null;
  const options = { method: incoming.method ?? "", headers, body, duplex: "half" };
  const response = await platform.respond(module, new Request(`http://${incoming.headers.host}${incoming.url}`, options));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
}).listen(Number(process.env["PORT"]), "127.0.0.1");
await once(server, "listening");
