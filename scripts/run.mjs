/**
 * Running other programs: one line of what, their own output on failure or when asked.
 */

import { spawn } from "node:child_process";
import path from "node:path";

/** The repository. */
export const root = path.resolve(import.meta.dirname, "..");

/**
 * Runs a program in the repository and gives what it printed. Rejects, with its output shown, if it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, show?: boolean }} [options] `show`: pass its output through as it comes
 * @returns {Promise<string>}
 */
export function run(program, args, { env = {}, show = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
    });
    let out = "";
    let all = "";
    child.stdout?.on("data", (data) => ((out += data), (all += data)));
    child.stderr?.on("data", (data) => (all += data));
    child.on("error", (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    child.on("close", (code) => {
      if (code === 0) return resolve(out);
      process.stderr.write(all);
      reject(new Error(`${program} ${args.slice(0, 3).join(" ")} … failed (${code})`));
    });
  });
}
