/**
 * `npx pixel-twin gtm` as a shop runs it: from the package as it is packed, in an empty folder.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { fieldUse, permissions } from "./lint.mjs";
import { runScenario } from "./scenario.mjs";
import { readTemplate } from "./template-file.mjs";

let folder = "";
let program = "";

/** @param {string} cwd @param {string} command @param {...string} args @returns {Promise<{ code: number | null, out: string, errors: string }>} */
async function run(cwd, command, ...args) {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let errors = "";
  child.stdout.on("data", (data) => (out += data));
  child.stderr.on("data", (data) => (errors += data));
  const [code] = await once(child, "close");
  return { code, out, errors };
}

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "twin-gtm-"));
  const packed = await run(root, "npm", "pack", "--ignore-scripts", "--silent", "--pack-destination", folder);
  assert.equal(packed.code, 0, packed.errors);
  const unpacked = await run(folder, "tar", "-xzf", packed.out.trim().split("\n").at(-1) ?? "");
  assert.equal(unpacked.code, 0, unpacked.errors);
  program = path.join(folder, "package", JSON.parse(await readFile(path.join(folder, "package/package.json"), "utf8")).bin["pixel-twin"]);
});
after(() => rm(folder, { recursive: true, force: true }));

const SCRIPT = "https://shop.example/js/twin.js";

test("it writes both templates and the container, which load the site's script and no other", async () => {
  const out = path.join(folder, "site");
  const { code, out: said, errors } = await run(folder, process.execPath, program, "gtm", "--script", SCRIPT, "--out", out);
  assert.deepEqual([code, errors], [0, ""]);
  assert.match(said, /twin-gtm\.js/);
  assert.deepEqual((await readdir(out)).sort(), ["pixel-twin-container.json", "pixel-twin-event-id.tpl", "pixel-twin-tag.tpl"]);
  const text = await readFile(path.join(out, "pixel-twin-tag.tpl"), "utf8");
  const template = readTemplate(text);
  assert.deepEqual([permissions(template), fieldUse(template)], [[], []]);
  assert.deepEqual(new Set([...text.matchAll(/https:\/\/[^\s'"\\]*\.js/g)].map(([found]) => found)), new Set([SCRIPT]));
  for (const scenario of template.tests.scenarios) runScenario(template, scenario);
  const container = JSON.parse(await readFile(path.join(out, "pixel-twin-container.json"), "utf8"));
  assert.equal(container.containerVersion.customTemplate[0].templateData, text);
  assert.equal(container.containerVersion.customTemplate[1].templateData, await readFile(path.join(out, "pixel-twin-event-id.tpl"), "utf8"));
});

test("it writes where it is called, unless told", async () => {
  const here = path.join(folder, "here");
  await mkdir(here);
  assert.equal((await run(here, process.execPath, program, "gtm", "--script", SCRIPT)).code, 0);
  assert.equal((await readdir(here)).length, 3);
});

/** What is said of each mistake. @type {[args: string[], message: RegExp][]} */
const MISTAKES = [
  [[], /No command was given[^]*Usage:/],
  [["gtn"], /There is no command gtn/],
  [["gtm"], /--script is missing[^]*Usage:/],
  [["gtm", "--script", "/twin.js"], /\/twin\.js is no address: give the whole of it/],
  [["gtm", "--script", "http://shop.example/twin.js"], /does not begin with https:/],
  [["gtm", "--script", "https://shop.example:8443/twin.js"], /names a port/],
  [["gtm", "--script", "https://localhost/twin.js"], /a host without a dot/],
  [["gtm", "--script", "https://*.shop.example/twin.js"], /one plain address/],
  [["gtm", "--script", "https://shop.example/twin.js#latest"], /one plain address/],
  [["gtm", "--scripts", SCRIPT], /--scripts/],
  [["gtm", "--script", SCRIPT, "--out", "/dev/null/site"], /\/dev\/null\/site/],
];

for (const [args, message] of MISTAKES) {
  test(`it says what is wrong: pixel-twin ${args.join(" ")}`, async () => {
    const { code, out, errors } = await run(folder, process.execPath, program, ...args);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(errors, message);
    assert.doesNotMatch(errors, /^ +at /m);
  });
}

test("it says how it is used", async () => {
  const { code, out } = await run(folder, process.execPath, program, "--help");
  assert.equal(code, 0);
  assert.match(out, /^Usage: pixel-twin scan /);
  assert.match(out, /^Usage: pixel-twin gtm --script/m);
});
