/**
 * `npm test`: sets up, then runs everything, and closes with how many tests ran. A step that fails does not keep the others
 * from running.
 */

import { build } from "./build.mjs";
import { begin, Failed, root, run, Stop } from "./run.mjs";
import { setUp, setUpBrowserTests } from "./setup.mjs";
import { measure } from "./size.mjs";

/** What has passed and failed, tests and checks together. */
const total = { passed: 0, failed: 0 };
/** Steps that went wrong. @type {string[]} */
const wrong = [];

/** Adds up the tests that cargo or node say they ran. @param {string} out @returns {number} */
function count(out) {
  let found = 0;
  for (const [, passed, failed] of out.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed/gm)) {
    total.passed += Number(passed);
    total.failed += Number(failed);
    found += Number(passed) + Number(failed);
  }
  for (const [, kind, tests] of out.matchAll(/^(?:ℹ|#) (pass|fail|cancelled) (\d+)$/gm)) {
    total[kind === "pass" ? "passed" : "failed"] += Number(tests);
    found += Number(tests);
  }
  return found;
}

/** @param {string} name @param {() => Promise<unknown>} body */
async function step(name, body) {
  const start_ms = Date.now();
  console.log(`\n=== ${name}`);
  try {
    await body();
  } catch (error) {
    wrong.push(name);
    console.error(error instanceof Stop ? error.message : error);
  }
  console.log(`=== ${name}: ${wrong.includes(name) ? "FAILED" : "ok"} (${Math.round((Date.now() - start_ms) / 1000)} s)`);
}

/** A check counts as one test. @param {string} name @param {() => Promise<unknown>} body */
const check = (name, body) =>
  step(name, async () => {
    try {
      await body();
      total.passed += 1;
    } catch (error) {
      total.failed += 1;
      throw error;
    }
  });

/** Tests of a runner that says how many there were. @param {string} name @param {string} program @param {string[]} args @param {Record<string, string>} [env] */
const tests = (name, program, args, env = {}) =>
  step(name, async () => {
    const before = total.failed;
    try {
      const out = await run(program, args, { env, show: true });
      if (count(out) === 0) throw new Stop("No test ran.");
    } catch (error) {
      if (error instanceof Failed) count(error.out);
      if (total.failed === before) total.failed += 1;
      throw error;
    }
  });

/** The browser tests that run in Firefox and WebKit, too: the main job, and what engines do differently. Chromium runs all. */
const IN_ALL_ENGINES = ["purchase", "vectors"].map((name) => `tests/browser/${name}.test.mjs`);

/** What shows in the packed package alone, without an app around it. */
const PACKAGE = ["tarball", "types", "server", "docs"].map((name) => `tests/packaging/${name}.test.mjs`);

const node = ["--test", "--test-reporter=spec"];
const clippy = (/** @type {string[]} */ ...args) => run("cargo", ["clippy", "--quiet", "--locked", ...args, "--", "-D", "warnings"], { show: true });

await begin(async () => {
  await setUp();
  // All at one go, though the screen is needed only where there is none.
  const { chromium, firefox, webkit } = await setUpBrowserTests();

  await check("rustfmt", () => run("cargo", ["fmt", "--all", "--check"], { show: true }));
  await check("companion", build);
  await check("size", async () => {
    const { lines, over } = await measure();
    console.log(lines.join("\n"));
    if (over.length > 0) throw new Stop(over.join("\n"));
  });
  // TypeScript's own check of js/ is part of the build.
  await check("TypeScript of scripts, shop and tests", () => run("node_modules/.bin/tsc", ["--project", "tsconfig.node.json"], { show: true }));
  await check("clippy", () => clippy("--workspace", "--exclude=pixel-twin", "--all-targets", "--features=twin-core/relay,twin-relay/faults,twin-relay/cluster"));
  await check("clippy, companion", () => clippy("--package=pixel-twin", "--target=wasm32-unknown-unknown"));

  await tests("Rust tests", "cargo", ["test", "--quiet", "--locked", "--no-fail-fast", "--package=twin-core", "--features=twin-core/relay", "--package=twin-relay", "--package=twin-standin"]);
  await tests("Rust tests of twin-core in WebAssembly", "cargo", ["test", "--quiet", "--locked", "--no-fail-fast", "--package=twin-core", "--features=relay", "--target=wasm32-wasip1"], {
    CARGO_TARGET_WASM32_WASIP1_RUNNER: `node --no-warnings ${root}/scripts/wasi.mjs`,
  });
  await tests("shape, both builds of the rules, shop, data layer and tag manager", "node", [...node, "tests/architecture.test.mjs", "tests/native.test.mjs", "tests/data-layer.test.mjs", "tests/gtm/", "www/"]);
  // The apps in tests/packaging/consumers.test.mjs are for `npm run test:packaging`.
  await tests("npm package", "node", [...node, ...PACKAGE]);
  // The binaries were built with the Rust tests.
  await tests("the stand-in in a browser", "node", [...node, "crates/standin/tests/browser/"], { CHROMIUM: chromium, TWIN_STANDIN: `${root}/target/debug/twin-standin` });
  await tests("the relay's status page in a browser", "node", [...node, "crates/relay/tests/browser/"], { CHROMIUM: chromium });
  await tests("the scan", "node", [...node, "tests/scan/"], { CHROMIUM: chromium });
  await tests("npm start", "node", [...node, "tests/start.test.mjs"]);
  await tests("the companion in a browser", "node", [...node, "--test-concurrency=2", "tests/browser/"], { ENGINE: "chromium", CHROMIUM: chromium });
  await tests("the companion in Firefox", "node", [...node, ...IN_ALL_ENGINES], { ENGINE: "firefox", FIREFOX: firefox });
  await tests("the companion in WebKit", "node", [...node, ...IN_ALL_ENGINES], { ENGINE: "webkit", WEBKIT_DRIVER: webkit });

  console.log(`\n${wrong.length > 0 ? `Failed: ${wrong.join(", ")}\n` : ""}${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0 || wrong.length > 0) process.exitCode = 1;
});
