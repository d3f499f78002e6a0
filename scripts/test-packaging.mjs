/**
 * `npm run test:packaging`: small apps of every kind install the package, build, and run in Chromium. It installs their
 * frameworks, half a gigabyte, so it is no part of `npm test`.
 */

import { build } from "./build.mjs";
import { begin, run } from "./run.mjs";
import { setUp, setUpChromium } from "./setup.mjs";

await begin(async () => {
  await setUp();
  const chromium = await setUpChromium();
  await build();
  await run("cargo", ["build", "--quiet", "--locked", "--package=twin-relay", "--package=twin-standin"], { show: true });
  await run("node", ["--test", "--test-reporter=spec", "tests/packaging/consumers.test.mjs"], { env: { CHROMIUM: chromium }, show: true });
});
