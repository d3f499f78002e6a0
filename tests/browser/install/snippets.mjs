/**
 * The snippets of docs/install/, as the platform that they are made for hands them to the browser.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { codeOf } from "../../endpoints/support/page.mjs";
import { PIXEL_ID } from "../support/world.mjs";

/** What the reader puts in. @type {Record<string, string>} */
const VALUES = { YOUR_PIXEL_ID: PIXEL_ID, YOUR_TWIN_JS: "/twin.js", YOUR_ENDPOINT: "/twin/events", YOUR_CURRENCY: "EUR" };

/** What platforms put in. @type {Record<string, string>} */
const VARIABLES = {
  // Shopify's Liquid, on a product's page with a customer who is signed in.
  "{%- if customer %}": "",
  "{%- if request.page_type == 'product' %}": "",
  "{%- endif %}": "",
  "{{ 'twin.js' | asset_url }}": "/twin.js",
  "{{ customer.email | json }}": '" Maria.Schmidt@Example.com "',
  "{{ customer.phone | json }}": "null",
  "{{ customer.first_name | json }}": '"María"',
  "{{ customer.last_name | json }}": '"O\'Löwe \\u003c/script\\u003e"',
  "{{ customer.id | json }}": "207119551",
  "{{ product.selected_or_first_available_variant.id | json }}": "49148385",
  "{{ product.selected_or_first_available_variant.price | divided_by: 100.0 | json }}": "86.5",
  "{{ cart.currency.iso_code | json }}": '"EUR"',
  // BigCommerce's Handlebars.
  "{{checkout.order.id}}": "100",
  "{{{json product.id}}}": "33",
  "{{{json product.price.without_tax.value}}}": "86.5",
  "{{{json currency_selector.active_currency_code}}}": '"EUR"',
  // Squarespace.
  "{orderId}": "00042",
  "{orderGrandTotal}": "91.40",
  "{customerEmailAddress}": "Maria.O'Neil@example.com",
};

/** @param {string} text @param {Record<string, string>} values */
const replaced = (text, values) => Object.entries(values).reduce((text, [name, value]) => text.replaceAll(name, value), text);

/** A snippet with the reader's values in it. @param {string} page of docs/install @param {string} file @param {Record<string, string>} [values] in place of the usual */
async function filled(page, file, values = {}) {
  const code = (await codeOf(`install/${page}`)).get(file);
  assert.ok(code, `docs/install/${page} has no ${file}`);
  const text = replaced(code, { ...VALUES, ...values });
  assert.doesNotMatch(text, /YOUR_/);
  return text;
}

/** A snippet as the browser gets it. @param {string} page @param {string} file @param {Record<string, string>} [values] */
export async function snippet(page, file, values) {
  const html = replaced(await filled(page, file, values), VARIABLES);
  assert.doesNotMatch(html, /\{[{%]|<\?/, `${page} has a variable that is not in the table`);
  return html;
}

/** What PHP lacks here; `false`: nothing. */
export const lacksPhp = spawnSync("php", ["--version"]).status !== 0 && "no php here: apt-get install php-cli";

/** What a PHP snippet prints. @param {string} platform wordpress.php or magento.php @param {string} page @param {string} file @param {{ arg?: string, env?: Record<string, string> }} [options] */
export async function printed(platform, page, file, { arg = "", env = {} } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "twin-php-"));
  try {
    const code = await filled(page, file);
    const snippetFile = path.join(folder, file);
    writeFileSync(snippetFile, code.startsWith("<?php") ? code : `<?php\n${code}`);
    const strict = ["-d", "display_errors=stderr", "-d", "error_reporting=-1"];
    const { status, stdout, stderr } = spawnSync("php", [...strict, path.join(import.meta.dirname, platform), snippetFile, arg], { encoding: "utf8", env: { ...process.env, ...env } });
    assert.deepEqual([status, stderr], [0, ""]);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
