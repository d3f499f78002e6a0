/**
 * Google Tag Manager's templates for one site: the same as the gallery's, but for where they load the script from.
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Mistake } from "./mistake.mjs";

/** What is written, and of which file of gtm/ it is made. */
const FILES = { "pixel-twin-tag.tpl": "tag/template.tpl", "pixel-twin-event-id.tpl": "event-id/template.tpl", "pixel-twin-container.json": "container.json" };

/** GTM loads from such addresses alone; any other would be a tag that fails on every page. @param {string} script @returns {string} */
function checkScript(script) {
  const example = "such as https://shop.example/twin.js";
  if (!URL.canParse(script)) throw new Mistake(`--script ${script} is no address: give the whole of it, ${example}.`);
  const { protocol, port, hostname, href, hash, username } = new URL(script);
  if (protocol !== "https:") throw new Mistake(`--script ${script} does not begin with https://, and Google Tag Manager loads nothing else.`);
  if (port) throw new Mistake(`--script ${script} names a port, and Google Tag Manager loads from the usual one only.`);
  if (!hostname.includes(".")) throw new Mistake(`--script ${script} has a host without a dot, and Google Tag Manager loads nothing from there.`);
  if (/[*'"\\\s]/.test(href) || hash || username) throw new Mistake(`--script ${script} has to be one plain address, without *, quotes or #, ${example}.`);
  return href;
}

/** A file of gtm/ with the site's address in the place of the gallery's. @param {string} text @param {string} script */
export function forSite(text, script) {
  const [, gallery] = /const SCRIPT = '(https:[^']+)'/.exec(text) ?? [];
  return gallery ? text.replaceAll(gallery, script) : text;
}

/** Writes them, and gives their paths. @param {string} script @param {string} folder */
export async function writeTemplates(script, folder) {
  const address = checkScript(script);
  await mkdir(folder, { recursive: true });
  const written = [];
  for (const [name, source] of Object.entries(FILES)) {
    const text = await readFile(path.join(import.meta.dirname, "../gtm", source), "utf8");
    await writeFile(path.join(folder, name), forSite(text, address));
    written.push(path.join(folder, name));
  }
  return written;
}
