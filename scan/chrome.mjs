/**
 * The installed Chrome or Chromium: finds and starts it.
 */

import { existsSync } from "node:fs";
import path from "node:path";
import puppeteer from "puppeteer-core";
import { Mistake } from "../bin/mistake.mjs";

const NAMES = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome", "microsoft-edge", "chrome.exe", "msedge.exe"];

/** Where it lies on systems that do not have it on the path. */
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ...["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((variable) => {
    const folder = process.env[variable];
    return folder ? [path.join(folder, "Google/Chrome/Application/chrome.exe"), path.join(folder, "Microsoft/Edge/Application/msedge.exe")] : [];
  }),
];

/** @returns {string} */
function find() {
  const named = process.env["CHROME"] || process.env["CHROMIUM"];
  if (named) {
    if (existsSync(named)) return named;
    throw new Mistake(`There is no ${named}, which the environment names as the browser.`);
  }
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter(Boolean);
  const found = [...folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))), ...PLACES].find((file) => existsSync(file));
  if (found) return found;
  throw new Mistake("No Chrome or Chromium was found. Install one, or name it: CHROME=/path/to/chrome npx pixel-twin scan …");
}

/**
 * @param {{ args?: string[], isVisible?: boolean }} [options] `args`: more of the browser's own
 * @returns {Promise<import("puppeteer-core").Browser>}
 */
export async function launch({ args = [], isVisible = false } = {}) {
  const executablePath = find();
  try {
    return await puppeteer.launch({
      executablePath,
      headless: !isVisible,
      // Chrome refuses to run sandboxed as root, which is who runs in most containers.
      // Without it the browser tells nothing of what a page sends while it is left: its frame is another one by then.
      args: ["--no-first-run", "--disable-background-networking", "--disable-features=RenderDocument", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), ...args],
    });
  } catch (error) {
    throw new Mistake(`${executablePath} could not be started: ${error instanceof Error ? error.message : error}`);
  }
}
