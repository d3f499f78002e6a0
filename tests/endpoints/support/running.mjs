/**
 * An endpoint of the docs, running.
 */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { root } from "../../../scripts/run.mjs";
import { until } from "../../browser/support/until.mjs";
import { PIXEL_ID, TOKEN } from "./cases.mjs";
import { codeOf, unpack } from "./page.mjs";
import { SHOP } from "./post.mjs";

/** @typedef {import("./recipes.mjs").Recipe} Recipe */

/** What a machine lacks for a recipe, and how to get it; `false`: nothing. @param {Recipe} recipe */
export function lacks({ needs, install }) {
  const missing = needs.filter((need) => (need.startsWith("/") ? !existsSync(need) : spawnSync("which", [need]).status !== 0));
  return missing.length > 0 && `no ${missing.join(", ")} here: apt-get install ${install}`;
}

/** Lays out the page's files, and installs or builds what they need; kept while nothing of it changes. @param {Recipe} recipe @returns {Promise<string>} the folder */
export async function prepare({ name, page, prepare = [] }) {
  const folder = path.join(root, "build/endpoints", name.replaceAll(/\W+/g, "-"));
  const mark = path.join(folder, ".prepared");
  const wanted = JSON.stringify([prepare, ...(await codeOf(page))]);
  if ((await readFile(mark, "utf8").catch(() => "")) === wanted) return folder;
  await unpack(page, folder);
  for (const [program = "", ...args] of prepare) {
    const { status, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: "utf8", env: { ...process.env, ...QUIET } });
    if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr || error}`);
  }
  await writeFile(mark, wanted);
  return folder;
}

/** Nothing here tells its makers that it runs. */
const QUIET = { NEXT_TELEMETRY_DISABLED: "1" };

/** Below those that systems give to whoever asks for any: nobody else takes one of these before the endpoint does. */
let lastPort = 20_000 + (process.pid % 10_000);

/** A port nobody has. @returns {Promise<number>} */
async function freePort() {
  const port = ++lastPort;
  const server = net.createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return freePort();
  }
  server.close();
  await once(server, "close");
  return port;
}

/**
 * Starts it, behind so many proxies, and waits until it answers.
 * @param {Recipe} recipe @param {string} folder @param {string} metaUrl @param {{ proxies?: number, origins?: string[] }} [options]
 */
export async function start({ serve: [program, ...args] }, folder, metaUrl, { proxies = 0, origins = ["https://first.example", SHOP] } = {}) {
  const port = String(await freePort());
  const env = { PORT: port, TWIN_PIXEL_ID: PIXEL_ID, TWIN_ACCESS_TOKEN: TOKEN, TWIN_ALLOWED_ORIGINS: origins.join(), TWIN_GRAPH_BASE: metaUrl, TWIN_PROXY_COUNT: String(proxies) };
  // A group of its own: some start others.
  const child = spawn(program, args.map((arg) => arg.replace("{port}", port)), { cwd: folder, env: { ...process.env, ...QUIET, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (log += data));
  const ended = once(child, "close");
  const url = `http://127.0.0.1:${port}/twin/events`;
  const answers = () => fetch(url, { method: "OPTIONS" }).then(() => true, () => false);
  await Promise.race([until(program, answers, () => log), ended.then(() => Promise.reject(new Error(log)))]);
  return {
    url,
    log: () => log,
    async stop() {
      process.kill(-(child.pid ?? 0));
      await ended;
    },
  };
}
