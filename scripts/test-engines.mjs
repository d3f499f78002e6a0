/**
 * `npm run test:engines`: identity, delivery, consent and the inspector in Firefox and WebKit, beside what `npm test` runs there. Minutes.
 */

import { readdir } from "node:fs/promises";
import path from "node:path";
import { build } from "./build.mjs";
import { begin, root, run, Stop } from "./run.mjs";
import { setUp, setUpFirefox, setUpWebKit } from "./setup.mjs";

/** Beginnings of the names of the test files. */
const SUBJECTS = ["backlog", "consent", "delivery", "identity", "inspector", "names", "purchase", "vectors"];
/** What only one engine's own settings can bring about. */
const CHROMIUMS = ["identity-chromium.test.mjs"];

await begin(async () => {
  await setUp();
  await setUpFirefox();
  await setUpWebKit();
  await build();
  await run("cargo", ["build", "--locked", "--package=twin-relay", "--package=twin-standin"], { show: true });
  const files = (await readdir(path.join(root, "tests/browser"))).filter((file) => SUBJECTS.some((subject) => file.startsWith(subject)) && file.endsWith(".test.mjs") && !CHROMIUMS.includes(file));
  /** @type {string[]} */
  const failed = [];
  for (const engine of ["firefox", "webkit"]) {
    console.log(`\n=== ${engine}`);
    await run("node", ["--test", "--test-reporter=spec", ...files.map((file) => `tests/browser/${file}`)], { env: { ENGINE: engine }, show: true }).catch(() => failed.push(engine));
  }
  if (failed.length > 0) throw new Stop(`Failed: ${failed.join(", ")}`);
});
