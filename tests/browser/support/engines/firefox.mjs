/**
 * Firefox, by puppeteer over WebDriver BiDi.
 */

import puppeteer from "puppeteer-core";
import { setUpFirefox } from "../../../../scripts/setup.mjs";
import { visitor } from "./puppeteer.mjs";

const PREFERENCES = {
  // Each visitor's context has a proxy of its own; outside of them there is no network.
  "network.proxy.type": 1,
  "network.proxy.http": "127.0.0.1",
  "network.proxy.http_port": 1,
  "network.proxy.ssl": "127.0.0.1",
  "network.proxy.ssl_port": 1,
  // Requests to this machine go there, too.
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
  // Nor an icon, which a page's policy may forbid.
  "browser.chrome.site_icons": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.enabled": false,
};

/**
 * Firefox notes as a script's error when a cookie is set for a whole top-level domain. Meta's library and the companion do
 * that on purpose, to find the widest domain that takes one; other engines are silent about it.
 */
const REMARK = /Cookie “.*” has been rejected for invalid domain/;

/** @returns {Promise<import("./engine.mjs").Engine>} */
export async function start() {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: await setUpFirefox(), acceptInsecureCerts: true, extraPrefsFirefox: PREFERENCES });
  return {
    name: "firefox",
    version: () => browser.version(),
    // Over BiDi Firefox hands out what scripts write and throw, but not what its network code writes to the console.
    failedLoad: undefined,
    browser,
    newVisitor: (door) => visitor(browser, door, {}, REMARK),
    stop: () => browser.close(),
  };
}
