/**
 * Where the pages of the bench lie: whatever path is asked for, from a table of answers.
 */

import { once } from "node:events";
import http from "node:http";
import { startEngine } from "../../tests/browser/support/engines/engine.mjs";
import { startProxy } from "../../tests/browser/support/proxy.mjs";

/** @typedef {{ type: string, body: string | Buffer, headers?: Record<string, string> }} Answer */

/** The shop of the bench. By https, since pages have the fine clocks and `crypto.subtle` only there. */
export const ORIGIN = "https://www.shop.example";
/** Where the stand-in for Meta's library lies. */
export const META = "https://connect.meta.example";

/**
 * A browser that finds these answers at {@link ORIGIN} and {@link META}. Posts are answered 202, all else that is not in the table 404.
 * @param {import("../../tests/browser/support/engines/engine.mjs").EngineName} name
 * @param {Record<string, Answer>} answers by path
 */
export async function startBrowser(name, answers) {
  const server = http.createServer((request, response) => {
    request.resume();
    const found = answers[new URL(request.url ?? "", ORIGIN).pathname];
    if (request.method === "POST") response.writeHead(202).end();
    else if (found) response.writeHead(200, { "content-type": found.type, "cross-origin-resource-policy": "cross-origin", ...found.headers }).end(found.body);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const proxy = await startProxy();
  for (const origin of [ORIGIN, META]) proxy.host(origin, `http://127.0.0.1:${port}`);
  const engine = await startEngine(name);
  return {
    engine,
    /** Opens a page as a visitor without history, and gives what is made of it. @template Result @param {string} path @param {(page: import("../../tests/browser/support/engines/engine.mjs").Page) => Promise<Result>} use @param {(page: import("../../tests/browser/support/engines/engine.mjs").Page) => Promise<unknown>} [prepare] */
    async visit(path, use, prepare) {
      const door = await proxy.openDoor();
      const visitor = await engine.newVisitor(door);
      const page = await visitor.newPage({ onError: (text) => console.error(`${name}: ${text}`), onWarning: () => {} });
      try {
        await prepare?.(page);
        await page.goto(ORIGIN + path);
        return await use(page);
      } finally {
        await visitor.close();
        door.close();
      }
    },
    async stop() {
      await engine.stop();
      await proxy.stop();
      server.close();
    },
  };
}
