/**
 * The relay and the local Meta as child processes, for `npm start` and for the browser tests.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import readline from "node:readline";
import { root, Stop } from "./run.mjs";

/**
 * A running server.
 * @typedef {object} Server
 * @property {string} url
 * @property {() => string | undefined} office where the relay answers its operator
 * @property {import("node:child_process").ChildProcess} process
 * @property {() => string} log what it wrote to stderr so far
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop ends it, SIGTERM unless told, and waits for that
 */

/**
 * Starts one and waits until it says where it listens.
 * @param {"twin-relay" | "twin-standin"} name
 * @param {{ args?: string[], env?: Record<string, string> }} options
 * @returns {Promise<Server>}
 */
export async function startServer(name, { args = [], env = {} } = {}) {
  // A process group of its own: Ctrl-C comes from us, so that the relay can still send what it has while there is a Meta.
  const child = spawn(path.join(root, "target/debug", name), args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let log = "";
  child.stderr.on("data", (data) => (log += data));
  const exited = once(child, "close");
  /** @type {string | undefined} */
  let office;
  const url = await new Promise((resolve, reject) => {
    readline.createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /listening on (http:\/\/\S+)/.exec(line);
      if (found) resolve(found[1]);
      office = / operator on (http:\/\/\S+)/.exec(line)?.[1] ?? office;
    });
    child.on("error", reject);
    child.on("close", () => reject(new Stop(log.trim() || `${name} ended before it listened.`)));
  });
  return {
    url,
    office: () => office,
    process: child,
    log: () => log,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await exited;
    },
  };
}
