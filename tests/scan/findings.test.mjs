/**
 * The rules that need no browser to be checked: what the documentation says of each finding, steps, and how a shop's own words are read.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { parseEvents } from "../../scan/events.mjs";
import { FINDINGS } from "../../scan/findings.mjs";
import { parseSteps } from "../../scan/steps.mjs";
import { root } from "../../scripts/run.mjs";
import { BROKEN } from "./support/sites.mjs";

/** The row of a finding in the documentation. @param {[string, string[]]} entry */
const row = ([id, [severity, title, meaning, fix]]) => `| \`${id}\` | ${severity} | **${title}.** ${meaning} | ${fix} |`;

test("docs/scan.md has every finding, in the words of the report", async () => {
  const [, table = ""] = (await readFile(path.join(root, "docs/scan.md"), "utf8")).split("## Every finding");
  const rows = table.split("\n").filter((line) => line.startsWith("| `"));
  assert.deepEqual(rows, Object.entries(FINDINGS).map(row));
});

test("at least twenty kinds of fault have a site that is broken by them", () => {
  assert.ok(new Set(Object.values(BROKEN).flatMap(({ expect }) => expect)).size >= 20);
});

/** @param {Partial<import("../../scan/wire.mjs").WireRequest>} request @returns {import("../../scan/wire.mjs").WireRequest} */
const request = (request) => ({ visit_page: 0, consent: "before", document: "1", document_url: "https://shop.example/", url: "https://shop.example/", method: "POST", type: "Fetch", body: "", callers: [], ...request });

test("a hit is read from its address, a form or a multipart body", () => {
  const fields = "id=1&ev=Purchase&eid=order_7&cd%5Bvalue%5D=12.5&cd%5Bcontent_ids%5D=%5B%22a%22%5D&ud%5Bem%5D=x&fbp=fb.1.2.3";
  const multipart = [...new URLSearchParams(fields)].map(([name, value]) => `------B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join("") + "------B--\r\n";
  for (const one of [request({ url: `https://www.facebook.com/tr/?${fields}`, method: "GET" }), request({ url: "https://www.facebook.com/tr/", body: fields }), request({ url: "https://www.facebook.com/tr", body: multipart })]) {
    const [event] = parseEvents([one]);
    assert.deepEqual([event?.pixel_id, event?.event_name, event?.event_id, event?.parameters, event?.user], ["1", "Purchase", "order_7", { value: "12.5", content_ids: ["a"] }, { em: "x", fbp: "fb.1.2.3" }]);
  }
});

test("a twin of some other shape is known by its id", () => {
  const hit = request({ url: "https://www.facebook.com/tr/?id=1&ev=Lead&eid=12345678-abcd" });
  const events = parseEvents([hit, request({ url: "https://sgtm.shop.example/g/collect?ep.event_id=12345678-abcd" }), request({ body: '{"other":1}' })]);
  assert.deepEqual(events.map(({ side, event_name, event_id }) => [side, event_name, event_id]), [["pixel", "Lead", "12345678-abcd"], ["server", "Lead", "12345678-abcd"]]);
});

test("steps are checked before the browser starts", () => {
  assert.deepEqual(parseSteps('[{"goto":"/"},{"type":"a","into":"#b"}]'), [{ goto: "/" }, { type: "a", into: "#b" }]);
  const wrong = { "{": /no JSON/, "{}": /no list/, '[{"goto":"/"},{"jump":"/"}]': /Step 2/, '[{"type":"a"}]': /Step 1/, '[{"goto":1}]': /Step 1/ };
  for (const [text, problem] of Object.entries(wrong)) assert.throws(() => parseSteps(text), problem);
});
