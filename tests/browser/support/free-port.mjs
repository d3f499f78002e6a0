/**
 * A port for what has to be told one before it starts.
 */

import { once } from "node:events";
import net from "node:net";

/** A port nobody has, until somebody takes it. @returns {Promise<number>} */
export async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}
