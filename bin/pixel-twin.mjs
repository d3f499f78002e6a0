#!/usr/bin/env node
/**
 * `npx pixel-twin`: what a shop needs of the package outside of its pages.
 */

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { writeTemplates } from "./gtm.mjs";
import { Mistake } from "./mistake.mjs";

const USAGE = `Usage: pixel-twin scan <address> [options]

Visits a site and says what is wrong with its Meta Pixel and Conversions API. pixel-twin scan --help has the options.

Usage: pixel-twin gtm --script <address of twin.js> [--out <folder>]

Writes the templates for Google Tag Manager that load the companion from your site, and a container to import.

  --script  the whole https address under which your site serves twin.js, such as https://shop.example/twin.js
  --out     the folder to write to; the current one if not given`;

/** The scan is in one file with what drives the browser; the build makes it. */
async function scan() {
  const bundle = new URL("../dist/scan.mjs", import.meta.url);
  if (!existsSync(bundle)) throw new Mistake("The scan is not built yet: npm run build");
  /** @type {typeof import("../scan/command.mjs")} */
  const { command } = await import(bundle.href);
  process.exitCode = await command(process.argv.slice(3));
}

async function gtm() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { script: { type: "string" }, out: { type: "string", default: "." }, help: { type: "boolean", short: "h" } } });
  if (values.help) console.log(USAGE);
  else {
    if (positionals.length !== 1 || positionals[0] !== "gtm") throw new Mistake(`${positionals.length === 0 ? "No command was given." : `There is no command ${positionals.join(" ")}.`}\n\n${USAGE}`);
    if (!values.script) throw new Mistake(`--script is missing.\n\n${USAGE}`);
    const written = await writeTemplates(values.script, values.out);
    console.log(`${written.join("\n")}

Import the container in Google Tag Manager (Admin, Import Container), or the templates one by one (Templates, New, ⋮, Import).
Beside ${values.script} your site has to serve twin-gtm.js, twin-plain.js and twin-texts.js of the same version.`);
  }
}

try {
  await (process.argv[2] === "scan" ? scan() : gtm());
} catch (error) {
  const isUsers = error instanceof Mistake || (error instanceof Error && "code" in error);
  console.error(isUsers ? error.message : error);
  process.exitCode = 1;
}
