/**
 * `node scripts/gtm.mjs`: writes Google Tag Manager's templates and container from their parts in gtm/. The same parts always
 * give the same files.
 */

import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { containerOf } from "./gtm-container.mjs";
import { expandPermissions } from "./gtm-permissions.mjs";
import { begin, root } from "./run.mjs";

/** The templates: each a folder that is a whole repository of Google's gallery. */
export const TEMPLATES = /** @type {const} */ (["tag", "event-id"]);

const TERMS = `By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.`;

/** @param {...string} parts */
const read = (...parts) => readFile(path.join(root, "gtm", ...parts), "utf8");

/** Where the gallery's tag loads the companion from: this very version, never "the latest". */
export async function galleryScript() {
  const { name, version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
  return `https://cdn.jsdelivr.net/npm/${name}@${version}/dist/twin.js`;
}

/** As Google's editor writes it. @param {unknown} value */
const json = (value) => JSON.stringify(value, null, 2).replace(/[<>=&']/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A YAML block of text. @param {string} text @param {string} indent */
const block = (text, indent) => `|-\n${text.trimEnd().split("\n").map((line) => (line ? indent + line : "")).join("\n")}`;

/** What stands under `// === <name>` in the files of tests/, with that name. @param {string} folder */
async function scenarios(folder) {
  const files = (await readdir(path.join(root, "gtm", folder, "tests"))).filter((file) => file !== "setup.js").sort();
  const parts = await Promise.all(files.map(async (file) => (await read(folder, "tests", file)).split(/^\/\/ === /m).slice(1)));
  return parts.flat().map((part) => {
    const end = part.indexOf("\n");
    return `- name: ${JSON.stringify(part.slice(0, end))}\n  code: ${block(part.slice(end + 1), "    ")}`;
  });
}

/** The whole of a template. @param {typeof TEMPLATES[number]} folder */
async function buildTemplate(folder) {
  const script = await galleryScript();
  const of = async (/** @type {string} */ file) => (await read(folder, file)).replaceAll("{{script}}", script);
  const info = JSON.parse(await of("info.json"));
  info.brand.thumbnail = `data:image/png;base64,${(await readFile(path.join(root, "gtm", folder, "icon.png"))).toString("base64")}`;
  const sections = {
    TERMS_OF_SERVICE: TERMS,
    INFO: json(info),
    TEMPLATE_PARAMETERS: json(JSON.parse(await of("parameters.json"))),
    SANDBOXED_JS_FOR_WEB_TEMPLATE: `${await read("event.js")}\n${await of("template.js")}`,
    WEB_PERMISSIONS: json(expandPermissions(JSON.parse(await of("permissions.json")))),
    TESTS: `scenarios:\n${(await scenarios(folder)).join("\n")}\nsetup: ${block((await of("tests/setup.js")), "  ")}`,
    NOTES: await of("notes.txt"),
  };
  return `${Object.entries(sections).map(([name, body]) => `___${name}___\n\n${body.trimEnd()}\n`).join("\n\n")}\n`;
}

/** Every file that is built, by its path in gtm/. */
export async function buildAll() {
  const [tag, variable] = await Promise.all(TEMPLATES.map(buildTemplate));
  return { "tag/template.tpl": `${tag}`, "event-id/template.tpl": `${variable}`, "container.json": `${JSON.stringify(containerOf(`${tag}`, `${variable}`), null, 2)}\n` };
}

if (process.argv[1] === import.meta.filename) {
  await begin(async () => {
    for (const [file, text] of Object.entries(await buildAll())) await writeFile(path.join(root, "gtm", file), text);
  });
}
