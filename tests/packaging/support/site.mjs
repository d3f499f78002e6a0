/**
 * A web server for a built app: its files, or what its own server says, and the endpoint beside them on the same host.
 */

import { serveFile } from "../../../www/files.mjs";
import { listen } from "../../../www/listen.mjs";
import { proxy } from "../../../www/proxy.mjs";

/** @param {{ relayUrl: string, files?: string, server?: string }} options `files`: a folder; `server`: where the app's own listens */
export async function startSite({ relayUrl, files, server }) {
  const { port, close } = await listen(async (request, response) => {
    const { pathname, search } = new URL(`http://site${request.url}`);
    if (pathname.startsWith("/twin/")) return proxy(relayUrl, pathname, request, response);
    if (server) return proxy(server, pathname + search, request, response);
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    if (!(files && (await serveFile(files, name, request, response)))) response.writeHead(404).end();
  }, "127.0.0.1", 0);
  return { url: `http://127.0.0.1:${port}`, close };
}
