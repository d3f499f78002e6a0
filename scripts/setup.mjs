/**
 * Brings a bare machine to where this repository builds: Rust, npm packages and, for the tests, browsers. What is there
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

/** Whether this user may install Debian's packages. */
const hasApt = () => existsSync("/etc/debian_version") && process.getuid?.() === 0;

/** What the tests run beside Node: what drives each browser, and PHP for the shops' snippets; and where it comes from. */
const PROGRAMS = {
  chromium: { name: "Chromium", variable: "CHROMIUM", programs: ["chromium", "chromium-browser", "google-chrome"], packages: ["chromium", "fonts-liberation"] },
  firefox: { name: "Firefox", variable: "FIREFOX", programs: ["firefox-esr", "firefox"], packages: ["firefox-esr"] },
  webkit: { name: "WebKit's driver", variable: "WEBKIT_DRIVER", programs: ["WebKitWebDriver"], packages: ["webkit2gtk-driver"] },
  xvfb: { name: "Xvfb, the screen for WebKit,", variable: "XVFB", programs: ["Xvfb"], packages: ["xvfb"] },
  php: { name: "PHP", variable: "PHP", programs: ["php"], packages: ["php-cli"] },
};

/** @typedef {keyof typeof PROGRAMS} Program */

/** @param {Program} program */
function findProgram(program) {
  const { variable, programs } = PROGRAMS[program];
  return process.env[variable] || programs.map((name) => ask("sh", "-c", `command -v ${name}`)?.trim()).find(Boolean);
}

/**
 * The paths of these programs. What is missing is installed at one go, if that is possible. Env `CHROMIUM`, `FIREFOX` and
 * `WEBKIT_DRIVER` name others.
 * @template {Program} Names
 * @param {Names[]} names
 * @returns {Promise<Record<Names, string>>}
 */
async function setUpPrograms(...names) {
  const missing = () => names.filter((name) => !findProgram(name)).map((name) => PROGRAMS[name]);
  const packages = missing().flatMap(({ packages }) => packages);
  if (packages.length > 0 && hasApt()) {
    console.log(`setup: installing ${packages.join(", ")}`);
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "-q"], { show: true, env });
    await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], { show: true, env });
  }
  const [first] = missing();
  if (first) throw new Stop(`${first.name} is missing; the tests need it. Install it (on Debian: apt-get install ${first.packages[0]}) or name it: ${first.variable}=/path/to/${first.programs[0]}`);
  return /** @type {Record<Names, string>} */ (Object.fromEntries(names.map((name) => [name, findProgram(name)])));
}

export const setUpChromium = async () => (await setUpPrograms("chromium")).chromium;
export const setUpFirefox = async () => (await setUpPrograms("firefox")).firefox;
/** What WebKit needs where there is no screen: one that nobody sees. @type {"xvfb"[]} */
const SCREEN = process.env["DISPLAY"] ? [] : ["xvfb"];
/** WebKitWebDriver, and its screen. @returns {Promise<{ webkit: string, xvfb?: string }>} */
export const setUpWebKit = () => setUpPrograms("webkit", ...SCREEN);
/** All that tests/browser/ runs, at one go. */
export const setUpBrowserTests = () => setUpPrograms("chromium", "firefox", "webkit", "php", ...SCREEN);
