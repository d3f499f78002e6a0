/**
 * Brings a bare machine to where this repository builds: Rust, npm packages and, for the tests, Chromium. What is there
 * already is left alone. Node's own modules only: nothing else is installed yet.
 */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { root, run, Stop } from "./run.mjs";

/** What a program prints, `undefined` if it is missing or fails. @param {string} program @param {...string} args */
function ask(program, ...args) {
  const { status, stdout } = spawnSync(program, args, { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout : undefined;
}

/** The toolchain of rust-toolchain.toml with all that belongs to it. */
async function setUpRust() {
  if (ask("rustup", "--version") === undefined) {
    throw new Stop("Rust is missing. Install rustup (see rust-lang.org, \"Install Rust\"), open a new terminal and try again.");
  }
  const toolchain = await readFile(path.join(root, "rust-toolchain.toml"), "utf8");
  const channel = /channel = "(.+)"/.exec(toolchain)?.[1] ?? "";
  const list = (/** @type {string} */ key) => [...(new RegExp(`${key} = \\[(.+)\\]`).exec(toolchain)?.[1] ?? "").matchAll(/"(.+?)"/g)].map((match) => match[1] ?? "");
  if (!ask("rustup", "toolchain", "list")?.includes(channel)) {
    console.log(`setup: installing Rust ${channel}`);
    await run("rustup", ["toolchain", "install", channel, "--profile=minimal"], { show: true });
  }
  const components = ask("rustup", "component", "list", "--installed") ?? "";
  const targets = ask("rustup", "target", "list", "--installed") ?? "";
  for (const component of list("components").filter((name) => !components.includes(name))) {
    console.log(`setup: installing Rust's ${component}`);
    await run("rustup", ["component", "add", component], { show: true });
  }
  for (const target of list("targets").filter((name) => !targets.includes(name))) {
    console.log(`setup: installing Rust's ${target}`);
    await run("rustup", ["target", "add", target], { show: true });
  }
  if (ask("cc", "--version") === undefined) {
    throw new Stop("A C compiler is missing; SQLite and Rust's linker need one. Install it, e.g. on Debian: apt-get install build-essential");
  }
}

/** The packages of package-lock.json. */
async function setUpNpm() {
  const lock = createHash("sha256").update(await readFile(path.join(root, "package-lock.json"))).digest("hex");
  const stamp = path.join(root, "node_modules/.pixel-twin");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  console.log("setup: installing npm packages");
  await run("npm", ["ci", "--no-audit", "--no-fund"], { show: true });
  await mkdir(path.dirname(stamp), { recursive: true });
  await writeFile(stamp, lock);
}

/** What building needs. */
export async function setUp() {
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major < 20) throw new Stop(`Node 20 or newer is needed; this is ${process.versions.node}.`);
  await setUpRust();
  await setUpNpm();
}

/** The path of a Chromium, installed if need be and possible. Env `CHROMIUM` names another one. @returns {Promise<string>} */
export async function setUpChromium() {
  const found = () => process.env["CHROMIUM"] || ["chromium", "chromium-browser", "google-chrome"].map((name) => ask("sh", "-c", `command -v ${name}`)?.trim()).find(Boolean);
  if (!found() && existsSync("/etc/debian_version") && process.getuid?.() === 0) {
    console.log("setup: installing Chromium");
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "-q"], { show: true, env });
    await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", "chromium", "fonts-liberation"], { show: true, env });
  }
  const chromium = found();
  if (!chromium) throw new Stop("Chromium is missing; the browser tests need one. Install it (on Debian: apt-get install chromium) or name it: CHROMIUM=/path/to/chrome");
  return chromium;
}
