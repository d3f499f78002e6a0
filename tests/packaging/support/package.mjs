/**
 * The npm package as its users get it: packed, and unpacked again.
 */

import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "../../../scripts/run.mjs";

/** A folder of its own for a file of tests, with its end. */
export async function openFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), "twin-packaging-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Packs it as `pixel-twin.tgz`, and gives that and the files in it. @param {string} folder */
export async function pack(folder) {
  const [{ filename, files }] = JSON.parse(await run("npm", ["pack", "--json", "--pack-destination", folder]));
  const tarball = path.join(folder, "pixel-twin.tgz");
  await rename(path.join(folder, filename), tarball);
  return { tarball, files: /** @type {string[]} */ (files.map((/** @type {{ path: string }} */ file) => file.path)) };
}

/** Unpacks it to where `import "pixel-twin"` finds it in the folder, and gives the place. @param {string} folder @param {string} tarball */
export async function unpack(folder, tarball) {
  const place = path.join(folder, "node_modules/pixel-twin");
  await mkdir(place, { recursive: true });
  await run("tar", ["-xzf", tarball, "-C", place, "--strip-components=1"]);
  return place;
}
