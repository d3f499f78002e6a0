/**
 * Brings the module up. Once, whoever asks, and without another request: its bytes are in this file as text.
 */

import * as glue from "../glue/pixel_twin_bg.js";
import bytes from "../glue/pixel_twin_bg.wasm";
import { use } from "./page.js";

/** Rejects where WebAssembly is missing or forbidden (CSP). */
export async function load(): Promise<void> {
  // What scripts/wasm-text-loader.cjs did, undone; characters past 255 lose what is over a byte.
  const code = Uint8Array.from(bytes, (character) => [0, 8, 9, 10, 11, 12, 13]["XYZUQWV".indexOf(character)] ?? character.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(code, glue.imports);
  glue.__wbg_set_wasm(instance.exports);
  use(instance.exports[glue.memory] as WebAssembly.Memory);
}
