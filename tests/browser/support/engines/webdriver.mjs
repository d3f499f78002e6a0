/**
 * WebKitWebDriver and a session with it, in the words of W3C WebDriver (w3.org/TR/webdriver2).
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { until } from "../until.mjs";

/** What the driver answers when a command goes wrong. */
export class WebDriverError extends Error {
  /** @param {{ error: string, message: string }} answer */
  constructor({ error, message }) {
    super(`${error}: ${message}`);
    this.code = error;
  }
}

/** A port that was free a moment ago: the driver takes none by itself. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** @param {string} url @param {string} method @param {object} [body] @returns {Promise<any>} */
async function ask(url, method, body) {
  const answer = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = /** @type {{ value: any }} */ (await answer.json());
  if (!answer.ok) throw new WebDriverError(value);
  return value;
}

/** @typedef {Awaited<ReturnType<typeof startSession>>} Session */

/**
 * A browser of its own; a driver has one session at a time, so it is a driver of its own, too.
 * @param {string} driver its path @param {Record<string, string | undefined>} env @param {object} capabilities
 */
export async function startSession(driver, env, capabilities) {
  const port = await freePort();
  // In a process group of its own: Ctrl-C comes from us, and all its children end with it.
  const child = spawn(driver, [`--port=${port}`, "--host=127.0.0.1"], { env, stdio: ["ignore", "ignore", "pipe"], detached: true });
  let log = "";
  child.stderr.on("data", (data) => (log += data));
  const exited = once(child, "close");
  const kill = () => void (child.pid && child.exitCode === null && process.kill(-child.pid, "SIGTERM"));
  // Also when a test run ends by an error.
  process.once("exit", kill);
  const server = `http://127.0.0.1:${port}`;
  await until("WebKitWebDriver", () => child.exitCode === null && ask(`${server}/status`, "GET").then(() => true, () => false), () => log);
  const { sessionId, capabilities: { browserVersion } } = await ask(`${server}/session`, "POST", { capabilities: { alwaysMatch: capabilities } });
  const session = `${server}/session/${sessionId}`;

  /** The window that commands go to. */
  let current = await ask(`${session}/window`, "GET");
  /** Commands go one by one. @type {Promise<unknown>} */
  let last = Promise.resolve();

  return {
    first: current,
    version: String(browserVersion),
    /** Gives a command to a window. @param {string | undefined} handle @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
    command(handle, method, path, body) {
      const next = last.then(async () => {
        if (handle && handle !== current) {
          await ask(`${session}/window`, "POST", { handle });
          current = handle;
        }
        return ask(session + path, method, body);
      });
      last = next.catch(() => {});
      return next;
    },
    async end() {
      await ask(session, "DELETE").catch(() => {});
      kill();
      await exited;
      process.off("exit", kill);
    },
  };
}
