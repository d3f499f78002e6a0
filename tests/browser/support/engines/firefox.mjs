/**
 * Firefox, by puppeteer over WebDriver BiDi.
 */

import puppeteer from "puppeteer-core";
import { setUpFirefox } from "../../../../scripts/setup.mjs";
import { visitor } from "./puppeteer.mjs";

const PREFERENCES = {
  // Every request goes to the proxy, also those to this machine. Each visitor's context names its own.
  "network.proxy.allow_hijacking_localhost": true,
  "network.proxy.no_proxies_on": "",
  "network.proxy.failover_direct": false,
  // Nothing by its own will: no portal check, updates, studies, safe-browsing lists or tracker lists.
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.trr.mode": 5,
  "app.update.enabled": false,
  "app.normandy.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "services.settings.server": "",
  "extensions.update.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.enabled": false,
};

/** @returns {Promise<import("./engine.mjs").Engine>} */
export async function start() {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: await setUpFirefox(), acceptInsecureCerts: true, extraPrefsFirefox: PREFERENCES });
  return {
    name: "firefox",
    // Over BiDi Firefox hands out what scripts write and throw, but not what its network code writes to the console.
    failedLoad: undefined,
    browser,
    newVisitor: (door) => visitor(browser, door),
    stop: () => browser.close(),
  };
}
