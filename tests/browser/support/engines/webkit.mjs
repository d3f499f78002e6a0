/**
 * WebKit: WebKitGTK's MiniBrowser, by WebKitWebDriver, on a screen of our own where there is none.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { Stop } from "../../../../scripts/run.mjs";
import { setUpWebKit } from "../../../../scripts/setup.mjs";
import { startSession } from "./webdriver.mjs";
import { listen } from "./webkit-console.mjs";
import { WebKitPage } from "./webkit-page.mjs";

/** It lies in a folder that Debian names after machine and version. */
function findMiniBrowser() {
  const named = process.env["WEBKIT_BROWSER"];
  if (named) return named;
  for (const folder of ["/usr/lib", "/usr/libexec", ...readdirSync("/usr/lib").map((name) => `/usr/lib/${name}`)]) {
    for (const version of ["webkitgtk-6.0", "webkit2gtk-4.1", "webkit2gtk-4.0"]) {
      const program = path.join(folder, version, "MiniBrowser");
      if (existsSync(program)) return program;
    }
  }
  throw new Stop("WebKitGTK's MiniBrowser is missing. Install it (on Debian: apt-get install webkit2gtk-driver) or name it: WEBKIT_BROWSER=/path/to/MiniBrowser");
}

/** A screen that nobody sees. @param {string} program */
async function startScreen(program) {
  const child = spawn(program, ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"], detached: true });
  const [number] = await Promise.race([once(/** @type {import("node:stream").Readable} */ (child.stdio[3]), "data"), once(child, "exit").then(() => Promise.reject(new Stop("Xvfb ended at once.")))]);
  const kill = () => void child.kill();
  process.once("exit", kill);
  return {
    display: `:${String(number).trim()}`,
    async stop() {
      const exited = once(child, "exit");
      kill();
      await exited;
      process.off("exit", kill);
    },
  };
}

/** @returns {Promise<import("./engine.mjs").Engine>} */
export async function start() {
  const { webkit, xvfb } = await setUpWebKit();
  const binary = findMiniBrowser();
  const screen = xvfb ? await startScreen(xvfb) : undefined;
  const env = { ...process.env, ...(screen && { DISPLAY: screen.display }) };
  /** @type {Set<import("./webdriver.mjs").Session>} */
  const sessions = new Set();

  return {
    name: "webkit",
    async version() {
      const session = await startSession(webkit, env, { "webkitgtk:browserOptions": { binary, args: ["--automation"] } });
      await session.end();
      return session.version;
    },
    failedLoad: undefined,
    async newVisitor(door) {
      const session = await startSession(webkit, env, {
        acceptInsecureCerts: true,
        // The page object waits by itself: the driver's own waiting would end only when the last image has come.
        pageLoadStrategy: "none",
        // Not WebDriver's capability `proxy`: WebKit would speak TLS with the proxy itself for https addresses.
        "webkitgtk:browserOptions": { binary, args: ["--automation", `--proxy=http://127.0.0.1:${door.port}`] },
      });
      sessions.add(session);
      /** Which tab wrote something is not known, so each of them has it. @type {import("./engine.mjs").Listener[]} */
      const listeners = [];
      listen(door, {
        onError: (text) => listeners.forEach(({ onError }) => onError(text)),
        onWarning: (text) => listeners.forEach(({ onWarning }) => onWarning(text)),
      });
      return {
        async newPage(listener) {
          // A window each, since a tab in the background would be a hidden page.
          const handle = listeners.length === 0 ? session.first : (await session.command(undefined, "POST", "/window/new", { type: "window" })).handle;
          listeners.push(listener);
          return /** @type {any} */ (new WebKitPage(session, handle, door));
        },
        async onNewDocument(code, ...args) {
          door.scripts.push(`(${code})(...${JSON.stringify(args)});`);
        },
        cookies: async (page) =>
          (await page.cookies()).map((/** @type {any} */ { name, value, domain, path, expiry = -1, httpOnly, secure, sameSite }) => ({ name, value, domain, path, expires: expiry, httpOnly, secure, sameSite })),
        // There is no command for it: the network is cut by the proxy, and the page is told here.
        setOffline: (page, isOffline) =>
          page.evaluate((/** @type {boolean} */ isOffline) => {
            Object.defineProperty(navigator, "onLine", { configurable: true, get: () => !isOffline });
            dispatchEvent(new Event(isOffline ? "offline" : "online"));
          }, isOffline),
        async close() {
          sessions.delete(session);
          await session.end();
        },
      };
    },
    async stop() {
      for (const session of sessions) await session.end();
      await screen?.stop();
    },
  };
}
