/**
 * `npm run release`: everything that ships, into `release/`. Builds the last commit twice, in two clones at different
 * places, and goes on only if both gave the same bytes. Nothing is published.
 */

import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { begin, root, run, Stop } from "./run.mjs";
import { versionToRelease } from "./versions.mjs";

/** Builds a clone of a commit, and gives the folder with what ships. @param {string} commit @param {string} place */
async function shipClone(commit, place) {
  await run("git", ["clone", "--quiet", "--local", "--no-checkout", root, place]);
  await run("git", ["-C", place, "checkout", "--quiet", "--detach", commit]);
  await run("node", [path.join(place, "scripts/ship.mjs"), path.join(place, "release")], { show: true });
  return path.join(place, "release");
}

await begin(async () => {
  const changed = await run("git", ["status", "--porcelain"]);
  if (changed) throw new Stop(`Commit first; a release is built from the last commit:\n${changed}`);
  const version = await versionToRelease();
  const commit = (await run("git", ["rev-parse", "HEAD"])).trim();
  const temp = await mkdtemp(path.join(tmpdir(), "twin-release-"));
  try {
    const one = await shipClone(commit, path.join(temp, "one"));
    const other = await shipClone(commit, path.join(temp, "another-place"));
    const [sums, otherSums] = await Promise.all([one, other].map((folder) => readFile(path.join(folder, "SHA256SUMS"), "utf8")));
    const differing = sums?.split("\n").filter((line) => !otherSums?.split("\n").includes(line)) ?? [];
    if (differing.length > 0 || sums?.length !== otherSums?.length) throw new Stop(`Two builds of the same commit differ:\n${differing.join("\n")}`);
    const out = path.join(root, "release");
    await rm(out, { recursive: true, force: true });
    await cp(one, out, { recursive: true });
    console.log(`\n${sums}\npixel-twin ${version}: two builds gave the same bytes. They are in release/.`);
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
});
