/**
 * Server-side Google Tag Manager, as far as a client template needs it: each request runs the template's code with nothing
 * but `require` and `data`.
 *
 * Source: Google's reference of the server-side template APIs. `JSON.parse` gives `undefined` for what is no JSON.
 */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import vm from "node:vm";

const { env } = process;
const code = new vm.Script(`(function (require, data) {${await readFile("client.js", "utf8")}\n})`);
const data = { pixelId: env["TWIN_PIXEL_ID"], accessToken: env["TWIN_ACCESS_TOKEN"], allowedOrigins: env["TWIN_ALLOWED_ORIGINS"] };

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
const typeOf = (value) => (Array.isArray(value) ? "array" : value === null ? "null" : typeof value);

createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  const proxied = env["TWIN_PROXY_COUNT"] === "1" && String(request.headers["x-forwarded-for"]).split(", ").at(-1);
  let isClaimed = false;
  /** @type {Record<string, any>} */
  const apis = {
    claimRequest: () => (isClaimed = true),
    getRemoteAddress: () => proxied || request.socket.remoteAddress,
    getRequestBody: () => body || undefined,
    getRequestHeader: (/** @type {string} */ name) => request.headers[name.toLowerCase()],
    getRequestMethod: () => request.method,
    getRequestPath: () => request.url?.split("?")[0],
    getType: typeOf,
    JSON: { parse, stringify: JSON.stringify },
    logToConsole: console.log,
    returnResponse: () => response.end(),
    setResponseHeader: (/** @type {string} */ name, /** @type {string} */ value) => response.setHeader(name, value),
    setResponseStatus: (/** @type {number} */ status) => (response.statusCode = status),
    async sendHttpRequest(/** @type {string} */ url, /** @type {{ method: string, headers: Record<string, string>, timeout: number }} */ { method, headers, timeout }, /** @type {string} */ body) {
      const answer = await fetch(url.replace("https://graph.facebook.com", env["TWIN_GRAPH_BASE"] ?? ""), { method, headers, body, signal: AbortSignal.timeout(timeout) });
      return { statusCode: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
    },
  };
  const require = (/** @type {string} */ name) => {
    if (!(name in apis)) throw new Error(`${name} is none of the server-side APIs that are known here`);
    return apis[name];
  };
  code.runInNewContext(Object.create(null))(require, data);
  if (!isClaimed) response.writeHead(400).end();
}).listen(Number(env["PORT"]), "127.0.0.1");
