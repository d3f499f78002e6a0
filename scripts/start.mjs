/**
 * `npm start`: sets up, builds, and runs the demo shop with the relay behind it and the local Meta beside it.
 *
 * Environment: PORT (8080), STANDIN_PORT (8090), TWIN_DATA_DIR (data), PIXEL=meta for Meta's own library, TWIN_PIXEL_ID and
 * TWIN_ACCESS_TOKEN to send to Meta instead of the stand-in.
 */

import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { build } from "./build.mjs";
import { begin, root, run, Stop } from "./run.mjs";
import { startServer } from "./servers.mjs";
import { setUp } from "./setup.mjs";

/** A port from the environment. @param {string} name @param {number} otherwise */
function portFrom(name, otherwise) {
  const text = process.env[name] || String(otherwise);
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Stop(`${name}=${text} is no port. Give a number from 1 to 65535.`);
}

/** Better now than after two minutes of building. @param {string} name @param {number} port */
async function checkFree(name, port) {
  for (const host of ["127.0.0.1", "::1"]) {
    const server = createServer();
    const error = await new Promise((resolve) => server.once("error", resolve).listen(port, host, () => resolve(undefined)));
    if (error?.code === "EADDRINUSE") throw new Stop(`Port ${port} is taken. Stop what uses it, or choose another one: ${name}=${port + 1} npm start`);
    if (error?.code === "EACCES") throw new Stop(`Port ${port} is not allowed to this user. Choose one over 1023: ${name}=8080 npm start`);
    if (!error) await new Promise((resolve) => server.close(resolve));
  }
}

async function start() {
  const port = portFrom("PORT", 8080);
  const standinPort = portFrom("STANDIN_PORT", 8090);
  if (port === standinPort) throw new Stop(`PORT and STANDIN_PORT are both ${port}. They have to differ.`);
  const pixel = process.env["PIXEL"] || "standin";
  if (pixel !== "standin" && pixel !== "meta") throw new Stop(`PIXEL=${pixel} is unknown. It is "standin" (default) or "meta".`);
  await checkFree("PORT", port);
  await checkFree("STANDIN_PORT", standinPort);

  await setUp();
  await build();
  console.log("relay and stand-in: compiling (minutes the first time)");
  await run("cargo", ["build", "--locked", "--package=twin-relay", "--package=twin-standin"], { show: true });

  /** @type {(() => Promise<unknown>)[]} */
  const ends = [];
  let isEnding = false;
  /** @param {number} code */
  const end = async (code) => {
    if (isEnding) return;
    await endAll();
    process.exit(code);
  };
  /** The last to start is the first to end. Whatever ends from here on does so because we stop it. */
  const endAll = async () => {
    isEnding = true;
    for (const stop of ends.reverse()) await stop();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void end(0));
  /** @param {"twin-relay" | "twin-standin"} name @param {string[]} args @param {Record<string, string>} env */
  const serve = async (name, args, env) => {
    const server = await startServer(name, { args, env });
    ends.push(() => server.stop());
    server.process.stderr?.pipe(process.stderr);
    server.process.on("close", () => {
      if (!isEnding) console.error(`${name} has ended:\n${server.log()}`);
      void end(1);
    });
    return server;
  };

  const pixelId = process.env["TWIN_PIXEL_ID"] || "1234567890";
  const dataDir = process.env["TWIN_DATA_DIR"] || "data";
  try {
    const { url: standinUrl } = await serve("twin-standin", [], { STANDIN_PORT: String(standinPort), STANDIN_SHOP_URL: `http://localhost:${port}` });
    const toMeta = Boolean(process.env["TWIN_ACCESS_TOKEN"]);
    const adminToken = randomUUID();
    const relay = await serve("twin-relay", ["serve"], {
      TWIN_LISTEN: "127.0.0.1:0",
      TWIN_ADMIN_LISTEN: "127.0.0.1:0",
      TWIN_ADMIN_TOKEN: adminToken,
      TWIN_PIXEL_ID: pixelId,
      TWIN_DATA_DIR: dataDir,
      ...(toMeta ? {} : { TWIN_ACCESS_TOKEN: "local-demo-token", TWIN_GRAPH_BASE: standinUrl }),
    });
    const { startShop } = await import("../www/server.mjs");
    const shop = await startShop({ port, relayUrl: relay.url, standinUrl, pixelId, distDir: `${root}/dist`, pixel, debug: true });
    ends.push(() => shop.close());

    console.log(`
  Shop            ${shop.url}
  What Meta sees  ${standinUrl}/
  Relay’s status  ${relay.office()}/#${adminToken}
  Endpoint        POST ${shop.url}/twin/events   (events are kept in ${dataDir}/)
  Sent to         ${toMeta ? "Meta" : "the stand-in"}

  Buy something in the shop, and watch its two twins become one conversion at ${standinUrl}/   (Ctrl-C ends)
  In the shop itself, ${shop.url}/?twin-inspect shows each event and what became of it.
`);
  } catch (error) {
    await endAll();
    throw error;
  }
}

await begin(start);
