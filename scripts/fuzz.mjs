/**
 * `npm run fuzz [target] [seconds]`: inputs by the million for the laws in crates/core/tests/laws and crates/relay/src/laws.rs,
 * ten minutes for each target. Begins with all that was found before, and keeps in fuzz/corpus/ a small set that reaches the
 * same code; an input that breaks a law is put there, too, so that `cargo test` fails until it is mended.
 */

import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { begin, root, run, Stop } from "./run.mjs";
import { setUp } from "./setup.mjs";

const CARGO_FUZZ = "0.13.2";
/** Most bytes of a target's corpus in git. */
const MOST_KEPT = 50_000;
/** Longest input: addresses have a limit of 2,000 bytes to be met. */
const MAX_LENGTH = 3000;

/** @param {...string} parts */
const at = (...parts) => path.join(root, ...parts);
/** @param {string} file */
const table = async (file) => JSON.parse(await readFile(at("tests/vectors", file), "utf8"));

/** What each target begins with beside its corpus: the tables of the rules, and what platforms send. @type {Record<string, () => Promise<string[]>>} */
const SEEDS = {
  cookies: async () => {
    const values = (await table("cookie_value.json")).cases.map((/** @type {{ in: string }} */ one) => one.in);
    return [...values, ...values.map((/** @type {string} */ value) => `a=b; _fbp=${value}; _fbc=${value}`)];
  },
  url: async () => {
    const { cases } = await table("url.json");
    const clicks = (await table("click_id.json")).cases;
    return [...cases, ...clicks].flatMap((one) => [one.in ?? one.url, "x\ny=z\n" + (one.in ?? one.url)]);
  },
  normalize: async () => [...(await table("normalisation.json")), ...(await table("normalisation-corner-cases.json"))].map(({ input }) => input),
  body: async () => {
    const event = { event_name: "Purchase", event_time: 1_700_000_000, event_id: "order_1", action_source: "website", event_source_url: "https://shop.example/a?b=c", user_data: { em: ["62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"], fbp: "fb.1.1600000000000.1", lead_id: "1" }, custom_data: { value: 1.5, currency: "USD" } };
    const { cases } = await table("custom_data.json");
    const events = cases.map((/** @type {{ in: object }} */ one) => ({ ...event, custom_data: one.in }));
    return [...events, event].map((one) => JSON.stringify({ data: [one, event], sent_at: 1_700_000_000_000 }));
  },
  webhooks: async () => {
    const folder = "crates/relay/tests/fixtures";
    const said = { created_at: "2023-11-14T22:13:00Z", created: "1700000000", gmt: "2023-11-14T22:13:00", local: "2023-11-14T22:13:00", status: "processing", type: "checkout.session.completed", livemode: "true", currency: "usd" };
    const fill = (/** @type {string} */ text) => text.replaceAll(/\{(\w+)\}/g, (_, key) => /** @type {Record<string, string>} */ (said)[key] ?? "1");
    const files = (await readdir(at(folder))).map(async (file) => JSON.stringify(JSON.parse(fill(await readFile(at(folder, file), "utf8")))));
    const signed = { data: [{ event_name: "Lead", event_id: "1", event_time: 1_700_000_000, user_data: { em: "ann@example.com", lead_id: 1 }, custom_data: { value: 1, currency: "EUR", order_id: "7" } }] };
    return [...(await Promise.all(files)), JSON.stringify(signed)];
  },
};

/** Writes a target's seeds, each under the hash of what it holds. @param {string} target @param {string} folder */
async function sow(target, folder) {
  await mkdir(folder, { recursive: true });
  for (const seed of (await SEEDS[target]?.()) ?? []) await writeFile(path.join(folder, createHash("sha1").update(seed).digest("hex")), seed);
}

/** Keeps of all inputs a few that reach the same code, the smallest first. @param {string} program @param {string} target @param {string} found */
async function keep(program, target, found) {
  const kept = at("fuzz/corpus", target);
  const merged = at("target/fuzz/merged", target);
  await rm(merged, { recursive: true, force: true });
  await mkdir(merged, { recursive: true });
  await run(program, ["-merge=1", `-max_len=${MAX_LENGTH}`, merged, kept, found]);
  const files = await Promise.all((await readdir(merged)).map(async (name) => ({ name, bytes: (await stat(path.join(merged, name))).size })));
  let left = MOST_KEPT;
  for (const name of (await readdir(kept)).filter((name) => !isOfCrash(name))) await rm(path.join(kept, name));
  for (const { name, bytes } of files.sort((one, other) => one.bytes - other.bytes)) {
    left -= bytes;
    if (left >= 0) await cp(path.join(merged, name), path.join(kept, name));
  }
}

/** What libFuzzer calls an input that broke a law, took too long or too much. @param {string} name */
const isOfCrash = (name) => /^(crash|timeout|oom|slow-unit)-/.test(name);

/** @param {string} target @param {number} seconds */
async function fuzz(target, seconds) {
  const [, host = ""] = /^host: (.*)$/m.exec(await run("rustc", ["-vV"])) ?? [];
  const program = at("target/fuzz", host, "release", target);
  const [kept, found] = [at("fuzz/corpus", target), at("target/fuzz/corpus", target)];
  await mkdir(kept, { recursive: true });
  await sow(target, found);
  console.log(`\n=== ${target}: ${seconds} s`);
  try {
    // `timeout`, in seconds, is for a single input.
    await run(program, [found, kept, `-artifact_prefix=${kept}/`, `-max_total_time=${seconds}`, `-max_len=${MAX_LENGTH}`, "-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1"], { show: true });
  } catch {
    throw new Stop(`${target}: a law is broken. The input is in fuzz/corpus/${target}/ (see above which); mend it, and commit it with the fix.`);
  }
  await keep(program, target, found);
}

await begin(async () => {
  const [name, seconds = "600"] = process.argv.slice(2);
  const targets = Object.keys(SEEDS).filter((target) => !name || name === "all" || target === name);
  if (targets.length === 0) throw new Stop(`No target ${name}. There are: ${Object.keys(SEEDS).join(", ")}.`);
  await setUp();
  const tools = at("target/tools");
  if (!existsSync(path.join(tools, "bin/cargo-fuzz"))) {
    console.log(`setup: installing cargo-fuzz ${CARGO_FUZZ}`);
    await run("cargo", ["install", "cargo-fuzz", `--version=${CARGO_FUZZ}`, "--locked", `--root=${tools}`], { show: true });
  }
  // No sanitizer: our code has no unsafe line, and it would halve the speed. What cargo-fuzz asks of rustc is unstable all the same.
  const env = { RUSTC_BOOTSTRAP: "1", PATH: `${path.join(tools, "bin")}:${process.env["PATH"]}` };
  await run("cargo", ["fuzz", "build", ...(targets.length === 1 ? targets : []), "--sanitizer=none", `--target-dir=${at("target/fuzz")}`], { env, show: true });
  for (const target of targets) await fuzz(target, Number(seconds));
});
