/**
 * A small app of apps/, installed and built as its framework's own guide says.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import readline from "node:readline";
import { run } from "../../../scripts/run.mjs";

const APPS = path.join(import.meta.dirname, "../apps");

/**
 * Installs and builds one beside the tarball, and gives its folder.
 * @param {string} folder with pixel-twin.tgz in it @param {string} name
 * @param {{ page?: boolean }} [options] `page`: its source is the one that all apps without a framework share
 */
export async function install(folder, name, { page = false } = {}) {
  const app = path.join(folder, name);
  await cp(path.join(APPS, name), app, { recursive: true });
  if (page) await cp(path.join(APPS, "page"), app, { recursive: true });
  await run("npm", ["install", "--prefix", app, "--no-audit", "--no-fund", "--prefer-offline"]);
  return app;
}

/** @param {string} app its folder */
export const build = (app) => run("npm", ["run", "build", "--prefix", app], { env: { NEXT_TELEMETRY_DISABLED: "1" } });

/** Lets a source take the package's other entry, the one with the module as a file. @param {string} file @param {string} from @param {string} to */
export async function takeEntry(file, from, to) {
  const code = await readFile(file, "utf8");
  if (!code.includes(`"${from}"`)) throw new Error(`${file} does not import ${from}.`);
  await writeFile(file, code.replace(`"${from}"`, `"${to}"`));
}

/** Starts Next.js's own server, and gives its address and its end. @param {string} app */
export async function startNext(app) {
  const child = spawn(process.execPath, ["node_modules/next/dist/bin/next", "start", "--port", "0", "--hostname", "127.0.0.1"], { cwd: app, stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" } });
  const exited = once(child, "close");
  const url = await new Promise((resolve, reject) => {
    readline.createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
      if (found) resolve(found[0]);
    });
    child.on("close", () => reject(new Error("Next.js ended before it listened.")));
  });
  return {
    url: /** @type {string} */ (url),
    async stop() {
      child.kill();
      await exited;
    },
  };
}
