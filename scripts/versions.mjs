/**
 * The one version that everything has: package, crates, and the newest entry of the changelog.
 */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { root, Stop } from "./run.mjs";

/** @param {string} file */
const read = (file) => readFile(path.join(root, file), "utf8");

/** Where the version is written. */
export async function versions() {
  const [, changelog = "none"] = /^## ([^\s,]+)/m.exec(await read("CHANGELOG.md")) ?? [];
  const [, crates = "none"] = /\[workspace\.package\]\nversion = "(.+)"/.exec(await read("Cargo.toml")) ?? [];
  const lock = JSON.parse(await read("package-lock.json"));
  return { "package.json": /** @type {string} */ (JSON.parse(await read("package.json")).version), "package-lock.json": lock.version, "package-lock.json, packages": lock.packages[""].version, "Cargo.toml": crates, "CHANGELOG.md": changelog };
}

/** The version to release. Stops where files disagree, or the changelog has no date for it. */
export async function versionToRelease() {
  const all = await versions();
  const version = all["package.json"];
  const others = Object.entries(all).filter(([, other]) => other !== version);
  if (others.length > 0) throw new Stop(`package.json has version ${version}, but ${others.map(([file, other]) => `${file} has ${other}`).join(", ")}.`);
  if (!(await read("CHANGELOG.md")).includes(`\n## ${version}, `)) throw new Stop(`The entry of ${version} in CHANGELOG.md has no date: "## ${version}, 2026-01-31".`);
  return version;
}
