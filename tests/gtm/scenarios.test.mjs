/**
 * The templates' own tests, as Google's editor runs them, in a sandbox that can do no more than GTM's.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { TEMPLATES } from "../../scripts/gtm.mjs";
import { runScenario } from "./scenario.mjs";
import { readTemplate } from "./template-file.mjs";

/** @param {string} folder */
const source = (folder) => readFile(path.join(root, "gtm", folder, "template.tpl"), "utf8");

for (const folder of TEMPLATES) {
  const template = readTemplate(await source(folder));
  for (const scenario of template.tests.scenarios) test(`${folder}: ${scenario.name}`, () => runScenario(template, scenario));
}

test("there are as many as there are promises", async () => {
  const counts = await Promise.all(TEMPLATES.map(async (folder) => readTemplate(await source(folder)).tests.scenarios.length));
  assert.ok(Number(counts[0]) >= 45 && Number(counts[1]) >= 4, String(counts));
});

/** What the tag's tests say of a tag that is broken that way: how many of them fail. @param {(text: string) => string} change */
async function failures(change) {
  const text = await source("tag");
  const changed = change(text);
  assert.notEqual(changed, text, "nothing was broken");
  const template = readTemplate(changed);
  return template.tests.scenarios.filter((scenario) => {
    try {
      runScenario(template, scenario);
    } catch {
      return true;
    }
    return false;
  }).length;
}

/** Each of them has to be noticed. @type {Record<string, (text: string) => string>} */
const BROKEN = {
  "a permission is missing": (text) => text.replace('"string": "_twin_seed"', '"string": "_twin_speed"'),
  "a method that GTM does not have": (text) => text.replace("OF_GOODS.indexOf(name) < 0", "!OF_GOODS.includes(name)"),
  "a field has another name": (text) => text.replace("data.customEvent", "data.customName"),
  "one way out without a word to GTM": (text) => text.replace("  else hold(event);\n  data.gtmOnSuccess();", "  else hold(event);"),
  "success twice": (text) => text.replace("  if (!event.setup) return onSuccess();", "  onSuccess();"),
  "an id that differs in one event": (text) => text.replace("if (getType(seed) !== 'string') {", "{"),
  "consent is not asked for": (text) => text.replace("isConsentGranted('ad_storage');\n};", "true;\n};"),
  "no fallback": (text) => text.replace("  fallBack(event);\n", ""),
  "the data of the last event": (text) => text.replace("if (OF_GOODS.indexOf(name) < 0) return {};\n", ""),
};

for (const [name, change] of Object.entries(BROKEN)) {
  test(`they fail if the tag is broken: ${name}`, async () => assert.ok((await failures(change)) > 0));
}
