/**
 * `npm run bench`: what the page's half costs in bytes, in time and in a shop's page, beside what shops would otherwise ship.
 * Prints, writes bench/RESULTS.md, and asserts nothing. Before it: `node scripts/build.mjs` and `npm ci` in this folder.
 */

import { writeFile } from "node:fs/promises";
import { machine, version } from "./results.mjs";
import { shop } from "./shop.mjs";
import { sizes } from "./sizes.mjs";
import { speed } from "./speed.mjs";

const before = machine();
const step = (/** @type {string} */ text) => console.error(`bench: ${text}`);
step("bytes");
const bytes = await sizes();
step("speed in Chromium, Firefox and WebKit (two minutes)");
const { versions, warm, cold } = await speed();
step("a shop's page with and without us (a minute and a half)");
const page = await shop();

const text = `# What it costs

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}. ${before}
Browsers: ${versions}. @noble/hashes ${version("@noble/hashes")}, esbuild ${version("esbuild")}; the other packages stand in the table.

## Bytes

Each set up and called once for a purchase, bundled by esbuild.

${bytes}

## Speed in a warm page

A Purchase with nine fields of a customer, a new one each time. The peers take turns. \`crypto.subtle\` and @noble/hashes have no rules: they
hash what is trimmed and in lower case, which is less than the other two do. \`track()\` makes the event, its id and cookies, cleans the
address, stores the event and fires the Pixel; "by hand" is the Parameter Builder with cookies and a request around it, and nothing of that.

${warm}

## A visitor's first event

The script as it stands in a page of a visitor without history, its loading not counted. The Parameter Builder's part is the hashing alone.

${cold}

## A shop's page

Chromium, processor slowed four times, slow 4G. The Pixel is the local stand-in for Meta's library, which is smaller than Meta's (83 kB).

${page}
`;
console.log(text);
await writeFile(new URL("../RESULTS.md", import.meta.url), text);
