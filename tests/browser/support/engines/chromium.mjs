/**
 * Chromium, by puppeteer.
 */

import puppeteer from "puppeteer-core";
import { setUpChromium } from "../../../../scripts/setup.mjs";
import { visitor } from "./puppeteer.mjs";

/** The Pixel sends nothing for HeadlessChrome. */
const USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36";

/** @returns {Promise<import("./engine.mjs").Engine>} */
export async function start() {
  const browser = await puppeteer.launch({
    executablePath: await setUpChromium(),
    acceptInsecureCerts: true,
    // Outside of a visitor's context there is no network.
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", `--user-agent=${USER_AGENT}`, "--proxy-server=http://127.0.0.1:1"],
  });
  return {
    name: "chromium",
    version: () => browser.version(),
    failedLoad: /^Failed to load resource: |net::ERR_/,
    browser,
    // Chromium asks localhost directly unless told otherwise.
    newVisitor: (door) => visitor(browser, door, { proxyBypassList: ["<-loopback>"] }),
    stop: () => browser.close(),
  };
}
