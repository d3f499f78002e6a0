/**
 * A visitor with a Chromium of their own: for what is set in a browser's profile or on its command line, and holds for the
 * whole browser.
 */

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import puppeteer from "puppeteer-core";
import { setUpChromium } from "../../../scripts/setup.mjs";
import { Visit } from "./visit.mjs";

/** @typedef {{ directory: string, preferences?: object, args?: string[] }} Profile `directory`: where it lies, the caller's; `preferences`: as Chromium stores them */

/** @param {import("./world.mjs").World} world @param {Profile} profile @returns {Promise<Visit>} */
export async function visitByProfile(world, profile) {
  // That of the world's own Chromium: the Pixel sends nothing for HeadlessChrome.
  const userAgent = (await world.engine.browser?.userAgent()) ?? "";
  const engine = { ...world.engine, newVisitor: (/** @type {import("./proxy.mjs").Door} */ { port }) => newVisitor(port, userAgent, profile) };
  return Visit.start({ engine, proxy: world.proxy, shop: world.shop, host: world.host });
}

/** @param {number} port @param {string} userAgent @param {Profile} profile @returns {Promise<import("./engines/engine.mjs").Visitor>} */
async function newVisitor(port, userAgent, { directory, preferences = {}, args = [] }) {
  await mkdir(path.join(directory, "Default"));
  await writeFile(path.join(directory, "Default/Preferences"), JSON.stringify(preferences));
  const browser = await puppeteer.launch({
    executablePath: await setUpChromium(),
    acceptInsecureCerts: true,
    userDataDir: directory,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", `--user-agent=${userAgent}`, `--proxy-server=http://127.0.0.1:${port}`, "--proxy-bypass-list=<-loopback>", ...args],
  });
  const context = browser.defaultBrowserContext();
  return {
    context,
    async newPage({ onError, onWarning }) {
      // The first window: with `--incognito` that is the private one.
      const page = (await browser.pages())[0] ?? (await context.newPage());
      page.on("pageerror", (error) => onError(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") onError(message.text());
        if (message.type() === "warn") onWarning(message.text());
      });
      return page;
    },
    async onNewDocument(code, ...args) {
      for (const page of await browser.pages()) await page.evaluateOnNewDocument(code, ...args);
    },
    cookies: async (page) => {
      const session = await page.createCDPSession();
      const { cookies } = await session.send("Network.getCookies");
      await session.detach();
      return cookies;
    },
    setOffline: (page, isOffline) => page.setOfflineMode(isOffline),
    close: () => browser.close(),
  };
}
