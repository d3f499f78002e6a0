/**
 * Running other programs, and stopping with a message.
 */

import { spawn } from "node:child_process";
import path from "node:path";

/** The repository. */
export const root = path.resolve(import.meta.dirname, "..");

/** Something the user has to see to; the message says what. No stack is wanted. */
export class Stop extends Error {}

/**
 * Runs a program in the repository and gives what it printed on stdout. If it fails, its output is shown.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, show?: boolean }} [options] `show`: pass its output through as it comes
 * @returns {Promise<string>}
 */
export function run(program, args, { env = {}, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", show ? "inherit" : "pipe"] });
    let out = "";
    let all = "";
    child.stdout?.on("data", (data) => {
      out += data;
      all += data;
      if (show) process.stdout.write(data);
    });
    child.stderr?.on("data", (data) => (all += data));
    child.on("error", (error) => reject(new Stop(`${program} could not be started: ${error.message}`)));
    child.on("close", (code) => {
      if (code === 0) return resolve(out);
      if (!show) process.stderr.write(all);
      reject(new Failed(`${program} ${args.slice(0, 3).join(" ")} … failed`, out));
    });
  });
}

/** A program that did not end well. */
export class Failed extends Stop {
  /** @param {string} message @param {string} out what it printed */
  constructor(message, out) {
    super(message);
    this.out = out;
  }
}

/** Runs a script's main part: a {@link Stop} ends it with its message alone. @param {() => Promise<void>} main */
export async function begin(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Stop ? `\n${error.message}` : error);
    process.exit(1);
  }
}
