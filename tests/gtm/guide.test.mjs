/**
 * The guide says what the editor shows: every field by the name that it has there, and the files that the command writes.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { fields, readTemplate } from "./template-file.mjs";

const guide = (await readFile(path.join(root, "docs/install/gtm.md"), "utf8")).replaceAll(/\s+/g, " ");

for (const { name, displayName, checkboxText } of fields(readTemplate(await readFile(path.join(root, "gtm/tag/template.tpl"), "utf8")).parameters)) {
  test(`${name} is in the guide`, () => assert.ok(guide.includes(`**${displayName ?? checkboxText}**`), displayName ?? checkboxText));
}

test("what the container has is in the guide", async () => {
  const { containerVersion } = JSON.parse(await readFile(path.join(root, "gtm/container.json"), "utf8"));
  for (const { name } of [...containerVersion.tag, ...containerVersion.trigger, ...containerVersion.variable]) assert.ok(guide.includes(`*${name}*`), name);
  const counts = [containerVersion.tag, containerVersion.trigger, containerVersion.variable, containerVersion.customTemplate].map(({ length }) => length);
  assert.ok(guide.includes(`${counts[0]} tags, ${counts[1]} trigger, ${counts[2]} variables and ${counts[3]} templates`));
});

test("what the command writes is in the guide", async () => {
  for (const [file] of (await readFile(path.join(root, "bin/gtm.mjs"), "utf8")).matchAll(/pixel-twin-[\w-]+\.(tpl|json)/g)) assert.ok(guide.includes(`\`${file}\``), file);
});
