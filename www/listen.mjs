// Binds the shop to a port. Browsers may resolve "localhost" to either loopback address, so it takes both.
import http from 'node:http';

const PORT_TRIES = 5;

/**
 * @param {http.RequestListener} handler
 * @param {string} host
 * @param {number} port 0 for any free one
 * @returns {Promise<{ port: number, close: () => Promise<void> }>}
 */
export async function listen(handler, host, port) {
  if (host !== 'localhost') {
    const server = await bind(handler, host, port);
    return { port: portOf(server), close: () => closeAll([server]) };
  }
  for (let tries = 1; ; tries += 1) {
    const v4 = await bind(handler, '127.0.0.1', port);
    try {
      const v6 = await bind(handler, '::1', portOf(v4)).catch(ignoreMissingFamily);
      return { port: portOf(v4), close: () => closeAll(v6 ? [v4, v6] : [v4]) };
    } catch (error) {
      await closeAll([v4]);
      // A free port was asked for, and the one found is taken on the other address: look again.
      if (port !== 0 || tries === PORT_TRIES) throw error;
    }
  }
}

/** @param {http.RequestListener} handler @param {string} host @param {number} port @returns {Promise<http.Server>} */
function bind(handler, host, port) {
  return new Promise((resolve, reject) => {
    const server = http.createServer(handler);
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

/** Not every machine has IPv6. @param {NodeJS.ErrnoException} error */
function ignoreMissingFamily(error) {
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') return undefined;
  throw error;
}

/** @param {http.Server} server */
function portOf(server) {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Open connections are ended, not waited for: a browser keeps them for minutes. @param {http.Server[]} servers */
async function closeAll(servers) {
  await Promise.all(
    servers.map((server) => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    })),
  );
}
