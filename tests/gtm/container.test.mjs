/**
 * The container to import holds together: whatever one part of it names, another one has.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { fields, readTemplate } from "./template-file.mjs";

const { containerVersion: container } = JSON.parse(await readFile(path.join(root, "gtm/container.json"), "utf8"));

/** @typedef {{ type: string, parameter: { type: string, key: string, value: string }[] }} Entity */

/** The template that a tag or variable is made of. @param {Entity} entity */
function templateOf({ type }) {
  const [, , id] = type.split("_");
  const found = container.customTemplate.find((/** @type {any} */ template) => template.templateId === id);
  assert.ok(found, type);
  return readTemplate(found.templateData);
}

const custom = [...container.tag, ...container.variable.filter((/** @type {Entity} */ { type }) => type.startsWith("cvt_"))];

test("it has two tags and a variable of ours", () => assert.deepEqual(custom.map(({ name }) => name), ["Pixel Twin - PageView", "Pixel Twin - GA4 events", "Pixel Twin event ID"]));

for (const entity of custom) {
  test(`${entity.name}: every field is one of its template, of its kind, with a value that it takes`, () => {
    const known = new Map(fields(templateOf(entity).parameters).map((field) => [field.name, field]));
    for (const { type, key, value } of entity.parameter) {
      const field = known.get(key);
      assert.ok(field, key);
      assert.equal(type, field.type === "CHECKBOX" ? "BOOLEAN" : "TEMPLATE", key);
      const choices = (field.selectItems ?? field.radioItems)?.map((/** @type {any} */ item) => item.value);
      assert.ok(!choices || choices.includes(value), `${key}: ${value}`);
    }
  });
}

test("triggers and variables that are named are there, and all are named", () => {
  const triggers = container.trigger.map((/** @type {any} */ { triggerId }) => triggerId);
  const fired = container.tag.flatMap((/** @type {any} */ { firingTriggerId }) => firingTriggerId);
  assert.deepEqual(fired.sort(), [...triggers, "2147479553"].sort());
  const named = new Set([...JSON.stringify(container.tag).matchAll(/\{\{([^}]+)\}\}/g)].map(([, name]) => name));
  for (const name of named) assert.ok(container.variable.some((/** @type {any} */ variable) => variable.name === name), name);
});

test("until the shop has filled in its Pixel ID, the tag refuses to send anywhere", () => {
  const constant = container.variable.find((/** @type {any} */ { name }) => name === "Pixel ID");
  assert.doesNotMatch(constant.parameter[0].value, /\d/);
});

test("one order is one event, and page views are counted once", () => {
  const [views, events] = container.tag.map((/** @type {Entity} */ { parameter }) => Object.fromEntries(parameter.map(({ key, value }) => [key, value])));
  assert.deepEqual([views.standardEvent, events.eventNameSource, events.eventIdSource], ["PageView", "dataLayer", "order"]);
  assert.doesNotMatch(JSON.stringify(container.trigger), /page_view/);
});
