/**
 * Runs a Rust test binary that was compiled to WebAssembly: `node wasi.mjs TEST.wasm [arguments]`. Cargo calls it, see
 * scripts/test.mjs. It may read the repository.
 */

import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";
import { root } from "./run.mjs";

const [, , file = "", ...args] = process.argv;
const wasi = new WASI({ version: "preview1", args: [file, ...args], env: {}, preopens: { [root]: root } });
const { instance } = await WebAssembly.instantiate(await readFile(file), { wasi_snapshot_preview1: wasi.wasiImport });
process.exitCode = wasi.start(instance);
