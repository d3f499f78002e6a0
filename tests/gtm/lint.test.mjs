/**
 * The templates as they lie in gtm/: built from their parts, fit for Google's gallery, and with nothing in them that GTM does not
 * have or that they do not need.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { buildAll, galleryScript, TEMPLATES } from "../../scripts/gtm.mjs";
import { root } from "../../scripts/run.mjs";
import { fieldUse, freeze, language, permissions, requirements } from "./lint.mjs";
import { readTemplate } from "./template-file.mjs";

/** @param {...string} parts */
const read = (...parts) => readFile(path.join(root, ...parts), "utf8");
/** @type {Record<string, Record<string, unknown>>} */
const released = JSON.parse(await read("tests/gtm/released-fields.json"));

for (const [file, text] of Object.entries(await buildAll())) {
  test(`gtm/${file} is what its parts make (node scripts/gtm.mjs writes it)`, async () => assert.equal(await read("gtm", file), text));
}

for (const folder of TEMPLATES) {
  const text = await read("gtm", folder, "template.tpl");
  const template = readTemplate(text);
  const checks = { language, requirements, permissions, fieldUse, freeze: (/** @type {import("./lint.mjs").Template} */ found) => freeze(found, released[folder] ?? {}) };
  for (const [name, check] of Object.entries(checks)) test(`${folder}: ${name}`, () => assert.deepEqual(check(template), []));

  test(`${folder}: sections, in Google's order`, () => {
    assert.deepEqual(Object.keys(template.sections), ["TERMS_OF_SERVICE", "INFO", "TEMPLATE_PARAMETERS", "SANDBOXED_JS_FOR_WEB_TEMPLATE", "WEB_PERMISSIONS", "TESTS", "NOTES"]);
    assert.ok(!text.includes("{{"), "a placeholder is left");
  });

  test(`${folder}: what the gallery asks for`, async () => {
    const categories = "ADVERTISING AFFILIATE_MARKETING ANALYTICS ATTRIBUTION CHAT CONVERSIONS DATA_WAREHOUSING EMAIL_MARKETING EXPERIMENTATION HEAT_MAP LEAD_GENERATION MARKETING PERSONALIZATION REMARKETING SALES SESSION_RECORDING SOCIAL SURVEY TAG_MANAGEMENT UTILITY".split(" ");
    assert.ok(template.info.categories.length >= 1 && template.info.categories.length <= 3);
    for (const category of template.info.categories) assert.ok(categories.includes(category), category);
    const icon = await readFile(path.join(root, "gtm", folder, "icon.png"));
    const [width, height] = [icon.readUInt32BE(16), icon.readUInt32BE(20)];
    assert.ok(width === height && width >= 48 && width <= 96 && icon.length < 50_000);
    assert.equal(template.info.brand.thumbnail, `data:image/png;base64,${icon.toString("base64")}`);
    assert.equal(await read("gtm", folder, "LICENSE"), await read("LICENSE"));
    assert.match(await read("gtm", folder, "README.md"), /^# /);
    assert.match(template.sections["NOTES"] ?? "", /^\d+\.\d+\.\d+: \S/);
  });

  test(`${folder}: metadata.yaml names commits, newest first, each with its notes`, async () => {
    const metadata = await read("gtm", folder, "metadata.yaml");
    assert.match(metadata, /^homepage: "https:\/\/.*"$/m);
    assert.match(metadata, /^documentation: "https:\/\/.*"$/m);
    const versions = metadata.slice(metadata.indexOf("\nversions:"));
    for (const [, entry = ""] of versions.matchAll(/^ +- ([^]*?)(?=^ +- |(?![^]))/gm)) assert.match(entry, /^sha: [0-9a-f]{40}\n +changeNotes: \|?\S*/);
  });
}

test("the tag loads one script: this version's, by its whole address", async () => {
  const script = await galleryScript();
  assert.match(script, /^https:\/\/[^*@]+@\d+\.\d+\.\d+\/[^*]+\.js$/);
  const text = await read("gtm/tag/template.tpl");
  for (const [found] of text.matchAll(/https:\/\/[^\s'"\\]*\.js/g)) assert.equal(found, script);
});

/** What the companion's table says. */
async function ga4() {
  const [, table = ""] = /const EVENTS = new Map\(\[([^]*?)\]\);/.exec(await read("js/optional/ga4.ts")) ?? [];
  return Object.fromEntries([...table.matchAll(/\["(\w+)", "(\w+)"\]/g)].map(([, event, name]) => [event, name]));
}

test("the tag and the container know the events that the companion knows", async () => {
  const events = await ga4();
  const [, table = ""] = /const EVENTS = {([^]*?)};/.exec(await read("gtm/tag/template.js")) ?? [];
  assert.deepEqual(Object.fromEntries([...table.matchAll(/(\w+): '(\w+)'/g)].map(([, event, name]) => [event, name])), events);
  const container = await read("gtm/container.json");
  const [, regex = ""] = /"value": "\^\(([\w|]+)\)\$"/.exec(container) ?? [];
  assert.deepEqual(["page_view", ...regex.split("|")].sort(), Object.keys(events).sort());
});

/** Each has to be found. @type {Record<string, [check: (template: ReturnType<typeof readTemplate>) => string[], from: string, to: string]>} */
const BROKEN = {
  "a permission that is missing": [permissions, '"string": "user_data"', '"string": "user_date"'],
  "a permission by pattern": [permissions, '"string": "ecommerce"', '"string": "ecommerce.*"'],
  "a permission for everything": [permissions, '"string": "specific"', '"string": "any"'],
  "a method that GTM does not have": [language, "OF_GOODS.indexOf(name) < 0", "!OF_GOODS.includes(name)"],
  "a regular expression's test": [language, "id.match('^[0-9]+$')", "RegExp('^[0-9]+$').test(id)"],
  "syntax that GTM does not have": [language, "const nothing = () => {};", "const nothing = async () => {};\nclass Tag {}"],
  "an API that does not exist": [requirements, "require('getUrl')", "require('fetch')"],
  "an API that nobody uses": [requirements, "const getUrl", "const sendPixel = require('getType');\nconst getUrl"],
  "code that reads another field": [fieldUse, "data.customEvent", "data.customName"],
  "a field that was renamed": [(template) => freeze(template, released["tag"] ?? {}), '"name": "endpoint"', '"name": "server"'],
  "a default that was changed": [(template) => freeze(template, released["tag"] ?? {}), '"defaultValue": "hold"', '"defaultValue": "drop"'],
};

for (const [name, [check, from, to]] of Object.entries(BROKEN)) {
  test(`it finds ${name}`, async () => {
    const text = await read("gtm/tag/template.tpl");
    assert.ok(text.includes(from));
    assert.notDeepEqual(check(readTemplate(text.replace(from, () => to))), []);
  });
}
