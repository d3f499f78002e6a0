/**
 * Builds everything that ships from the tree it lies in, into the folder that it is given: the npm tarball, the script
 * tag's files with their hashes, the folder for Google Tag Manager, the relay, and the sums of all. Same tree, same bytes,
 * wherever the tree lies (`npm run release` proves it).
 */

import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { build } from "./build.mjs";
import { begin, root, run, Stop } from "./run.mjs";
import { setUp } from "./setup.mjs";
import { versionToRelease } from "./versions.mjs";

/** The relay's half of the repository that its user needs beside the binary. */
const BESIDE_THE_RELAY = ["LICENSE", "crates/relay/twin-relay.example.toml", "crates/relay/deploy", "docs/relay", "docs/scale.md"];

/** Compiles the relay without any place of this machine in it, and gives the platform it is for. */
async function compileRelay() {
  const cargo = process.env["CARGO_HOME"] ?? path.join(homedir(), ".cargo");
  const sysroot = (await run("rustc", ["--print=sysroot"])).trim();
  const flags = [[root, "/twin"], [cargo, "/cargo"], [sysroot, "/rust"]].map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
  await run("cargo", ["build", "--release", "--locked", "--package=twin-relay", "--bin=twin-relay"], {
    // SQLite and ring are C: their compiler is told the same.
    env: { CARGO_ENCODED_RUSTFLAGS: flags.join("\x1f"), CFLAGS: `-ffile-prefix-map=${root}=/twin -ffile-prefix-map=${cargo}=/cargo`, CARGO_TARGET_DIR: path.join(root, "target") },
    show: true,
  });
  return /^host: (.+)$/m.exec(await run("rustc", ["-vV"]))?.[1] ?? "";
}

/** Packs a folder so that neither clock nor user shows. @param {string} folder @param {string} tarball */
async function archive(folder, tarball) {
  const tar = tarball.replace(/\.gz$/, "");
  await run("tar", ["--create", `--file=${tar}`, "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX", `--directory=${path.dirname(folder)}`, path.basename(folder)]);
  await run("gzip", ["--no-name", "--best", "--force", tar]);
}

/** @param {string} out */
async function ship(out) {
  const version = await versionToRelease();
  await setUp();
  await build();
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });

  await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", out]);

  const script = path.join(out, `twin-${version}`);
  await mkdir(script);
  for (const file of ["integrity.json", ...(await readdir(path.join(root, "dist"))).filter((file) => /^twin.*\.js$/.test(file))]) await cp(path.join(root, "dist", file), path.join(script, file));
  await cp(path.join(root, "js/stub.js"), path.join(script, "stub.js"));

  // Each of both templates is a whole repository of Google's gallery; our tests of them stay here.
  await cp(path.join(root, "gtm"), path.join(out, `gtm-${version}`), { recursive: true, filter: (file) => path.basename(file) !== "tests" });

  const relay = `twin-relay-${version}-${await compileRelay()}`;
  const temp = await mkdtemp(path.join(tmpdir(), "twin-ship-"));
  const folder = path.join(temp, relay);
  await mkdir(folder);
  await cp(path.join(root, "target/release/twin-relay"), path.join(folder, "twin-relay"));
  for (const file of BESIDE_THE_RELAY) await cp(path.join(root, file), path.join(folder, path.basename(file)), { recursive: true });
  await archive(folder, path.join(out, `${relay}.tar.gz`));
  await rm(temp, { recursive: true });

  const files = (await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.relative(out, path.join(entry.parentPath, entry.name))).sort();
  const sum = async (/** @type {string} */ file) => `${createHash("sha256").update(await readFile(path.join(out, file))).digest("hex")}  ${file}`;
  // As `sha256sum --check` reads them.
  await writeFile(path.join(out, "SHA256SUMS"), `${(await Promise.all(files.map(sum))).join("\n")}\n`);
}

await begin(async () => {
  const [out] = process.argv.slice(2);
  if (!out) throw new Stop("Usage: node scripts/ship.mjs <folder>");
  await ship(path.resolve(out));
});
