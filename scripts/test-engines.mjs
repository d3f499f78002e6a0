/**
 * `npm run test:engines`: every browser test in Chromium, Firefox and WebKit, and the table of what held where, which is written
 * to tests/browser/ENGINES.md. Arguments narrow it to engines and to files whose names begin so: `npm run test:engines -- webkit forms`;
 * all else in the table stays. The better part of an hour.
 */

import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { DIFFERENCES } from "../tests/browser/support/engines/differences.mjs";
import { startEngine } from "../tests/browser/support/engines/engine.mjs";
import { build } from "./build.mjs";
import { begin, Failed, root, run, Stop } from "./run.mjs";
import { setUp, setUpBrowserTests } from "./setup.mjs";

const ENGINES = /** @type {const} */ (["chromium", "firefox", "webkit"]);
const FOLDER = path.join(root, "tests/browser");
const TABLE = path.join(FOLDER, "ENGINES.md");

/** As the browser says: WebKit's driver tells only its own. @param {typeof ENGINES[number]} name */
async function version(name) {
  const engine = await startEngine(name);
  try {
    return /\d+\.[\w.]+/.exec(await engine.version())?.[0] ?? "";
  } finally {
    await engine.stop();
  }
}

/** What the reporter says of a file's tests, as the table has it. @param {string} out */
function summary(out) {
  const count = (/** @type {string} */ kind) => Number(new RegExp(`^ℹ ${kind} (\\d+)$`, "m").exec(out)?.[1] ?? 0);
  const failed = count("fail") + count("cancelled");
  const skipped = count("skipped");
  return [`${count("pass")}`, failed > 0 && `**${failed} failed**`, skipped > 0 && `${skipped} skipped`].filter(Boolean).join(", ");
}

/** The table as it stands: versions under no name, then cells by file. @returns {Promise<Map<string, string[]>>} */
async function readTable() {
  const text = await readFile(TABLE, "utf8").catch(() => "");
  const rows = [...text.matchAll(/^\| ([\w-]*) *\|(.*)\|$/gm)].map(([, name = "", cells = ""]) => /** @type {[string, string[]]} */ ([name, cells.split("|").map((cell) => cell.trim())]));
  return new Map(rows.filter(([name]) => !name.startsWith("-") && name !== "file"));
}

/** The files in whose tests a difference is named. @param {string} name @param {Map<string, string>} sources */
const users = (name, sources) => [...sources].filter(([, code]) => new RegExp(`DIFFERENCES\\.${name}\\b`).test(code)).map(([file]) => file);

/** @param {Map<string, string[]>} table @param {Map<string, string>} sources by the file's name without its end */
function write(table, sources) {
  const row = (/** @type {string} */ name) => `| ${name} | ${ENGINES.map((_, place) => table.get(name)?.[place] || "–").join(" | ")} |`;
  const differences = Object.entries(DIFFERENCES).map(([name, { why, ...rest }]) => `- **${name}** (${users(name, sources).join(", ")}${"only" in rest ? `; only in ${rest.only.join(" and ")}` : ""}): ${why}`);
  return `# The browser tests in three engines

Written by \`npm run test:engines\`. Tests that passed, by file. Where a difference is known, each engine's own way is asserted, or
the test is skipped where the engine cannot show it. \`fbevents*\` and \`gtm-real\` need a copy of Meta's or Google's code.

| file | ${ENGINES.join(" | ")} |
| --- | --- | --- | --- |
${["version", ...sources.keys()].map(row).join("\n")}

## Known differences

${differences.join("\n")}
`;
}

await begin(async () => {
  const wanted = process.argv.slice(2);
  const engines = ENGINES.filter((engine) => wanted.includes(engine) || !ENGINES.some((one) => wanted.includes(one)));
  const beginnings = wanted.filter((word) => !(/** @type {readonly string[]} */ (ENGINES).includes(word)));
  const names = (await readdir(FOLDER)).filter((file) => file.endsWith(".test.mjs")).map((file) => file.replace(".test.mjs", "")).sort();
  const files = names.filter((name) => beginnings.length === 0 || beginnings.some((beginning) => name.startsWith(beginning)));
  if (files.length === 0) throw new Stop(`No test file begins with ${beginnings.join(" or ")}.`);
  await setUp();
  const programs = await setUpBrowserTests();
  await build();
  await run("cargo", ["build", "--locked", "--package=twin-relay", "--package=twin-standin"], { show: true });

  const sources = new Map(await Promise.all(names.map(async (name) => /** @type {[string, string]} */ ([name, await readFile(path.join(FOLDER, `${name}.test.mjs`), "utf8")]))));
  const table = await readTable();
  const set = (/** @type {string} */ name, /** @type {number} */ place, /** @type {string} */ cell) => table.set(name, ENGINES.map((_, other) => (other === place ? cell : table.get(name)?.[other] ?? "")));
  /** @type {string[]} */
  const failed = [];
  for (const engine of engines) {
    const place = ENGINES.indexOf(engine);
    set("version", place, await version(engine));
    for (const name of files) {
      console.log(`\n=== ${name} in ${engine}`);
      const env = { ENGINE: engine, CHROMIUM: programs.chromium, FIREFOX: programs.firefox, WEBKIT_DRIVER: programs.webkit };
      const out = await run("node", ["--test", "--test-reporter=spec", `tests/browser/${name}.test.mjs`], { env, show: true }).catch((error) => {
        if (!(error instanceof Failed)) throw error;
        failed.push(`${name} in ${engine}`);
        return error.out;
      });
      set(name, place, summary(out));
      await writeFile(TABLE, write(table, sources));
    }
  }
  console.log(`\n${await readFile(TABLE, "utf8")}`);
  if (failed.length > 0) throw new Stop(`Failed: ${failed.join(", ")}`);
});
