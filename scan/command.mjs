/**
 * `npx pixel-twin scan`: reads the command line, scans, and says what was found.
 */

import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { Mistake } from "../bin/mistake.mjs";
import { launch } from "./chrome.mjs";
import { htmlReport } from "./report/html.mjs";
import { terminalReport } from "./report/terminal.mjs";
import { scan } from "./scan.mjs";
import { readSteps } from "./steps.mjs";

export { launch, scan };

export const USAGE = `Usage: pixel-twin scan <address> [options]

Visits the site with an installed Chrome or Chromium, with and without consent, with and without an ad blocker, and says what is
wrong with its Meta Pixel and Conversions API.

  --steps <file>          the way through the site, as JSON; otherwise home, a product, the cart
  --html <file>           writes the report as one HTML file
  --json [file]           prints the report as JSON, or writes it to the file given by --json=<file>
  --fail-on <severity>    exit code 2 if there is an error, or a warning or worse: error, warning
  --monthly-spend <usd>   on Meta's ads, for the advice
  --apple <percent>       of visits by Safari or on iOS, for the advice
  --show                  shows the browser

CHROME names the browser if it is not found.`;

/** @param {string | undefined} text @param {string} option */
function number(text, option) {
  if (text === undefined) return undefined;
  if (text.trim() === "" || !(Number(text) >= 0)) throw new Mistake(`--${option} ${text} is no number.`);
  return Number(text);
}

/** @param {string} text */
function address(text) {
  const whole = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(whole) || !/^https?:$/.test(new URL(whole).protocol)) throw new Mistake(`${text} is no address of a site. Give one such as https://shop.example`);
  return new URL(whole).href;
}

/** @param {string[]} args */
function read(args) {
  const { values, positionals } = parseArgs({
    // `--json` alone prints.
    args: args.map((arg) => (arg === "--json" ? "--json=-" : arg)),
    allowPositionals: true,
    options: {
      steps: { type: "string" },
      html: { type: "string" },
      json: { type: "string" },
      "fail-on": { type: "string" },
      "monthly-spend": { type: "string" },
      apple: { type: "string" },
      show: { type: "boolean", default: false },
      // For tests: maps hosts, and how long all has to be quiet.
      "browser-arg": { type: "string", multiple: true, default: [] },
      "idle-ms": { type: "string", default: "1200" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const failOn = values["fail-on"];
  if (failOn !== undefined && failOn !== "error" && failOn !== "warning") throw new Mistake(`--fail-on takes error or warning, not ${failOn}.`);
  return { ...values, positionals, failOn };
}

/** @param {string[]} args what follows `scan` @returns {Promise<number>} the exit code */
export async function command(args) {
  const { positionals, failOn, ...values } = read(args);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [site, ...more] = positionals;
  if (site === undefined || more.length > 0) throw new Mistake(`${site === undefined ? "No address was given." : `One address, please; ${more.join(" ")} is too much.`}\n\n${USAGE}`);
  const monthly_spend_usd = number(values["monthly-spend"], "monthly-spend");
  const apple_percent = number(values.apple, "apple");
  const options = { url: address(site), idle_ms: number(values["idle-ms"], "idle-ms") ?? 0, timeout_ms: 30_000, ...(values.steps !== undefined && { steps: await readSteps(values.steps) }) };
  const browser = await launch({ args: values["browser-arg"], isVisible: values.show });
  let report;
  try {
    // On stderr, so that `--json` can be piped.
    report = await scan(browser, options, { ...(monthly_spend_usd !== undefined && { monthly_spend_usd }), ...(apple_percent !== undefined && { apple_percent }) }, (text) => console.error(`scan: ${text}`));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (/net::ERR|Navigation timeout/.test(text)) throw new Mistake(`${options.url} can't be opened: ${text}`);
    throw error;
  } finally {
    await browser.close();
  }
  if (values.html !== undefined) await writeFile(values.html, htmlReport(report));
  const json = `${JSON.stringify(report, null, 2)}\n`;
  if (values.json === "-") process.stdout.write(json);
  else process.stdout.write(terminalReport(report, { hasColor: process.stdout.isTTY && !process.env["NO_COLOR"], width: Math.min(process.stdout.columns ?? 100, 110) }));
  if (values.json !== undefined && values.json !== "-") await writeFile(values.json, json);
  const bad = failOn === undefined ? [] : failOn === "error" ? ["error"] : ["error", "warning"];
  return report.findings.some(({ severity }) => bad.includes(severity)) ? 2 : 0;
}
