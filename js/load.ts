/**
 * Brings the rules up. Once, whoever asks, and as a rule without another request: the module's bytes are in this file as
 * text. Where the page or the browser lets no WebAssembly run, the same module as plain JS is loaded from beside this file.
 */

import * as glue from "../glue/pixel_twin_bg.js";
import bytes from "../glue/pixel_twin_bg.wasm";
import { PLAIN_BUILD } from "./codes.js";
import { report } from "./notices.js";
import { use } from "./page.js";
import { plain } from "./parts.js";

/** Rejects where neither build can run. */
export async function load(): Promise<void> {
  // What scripts/wasm-text-loader.cjs did, undone; characters past 255 lose what is over a byte.
  const code = Uint8Array.from(bytes, (character) => [0, 8, 9, 10, 11, 12, 13]["XYZUQWV".indexOf(character)] ?? character.charCodeAt(0));
  let exports: WebAssembly.Exports;
  try {
    exports = (await WebAssembly.instantiate(code, glue.imports)).instance.exports;
  } catch {
    exports = (await plain())!(glue.imports);
    report(PLAIN_BUILD, "WebAssembly");
  }
  glue.__wbg_set_wasm(exports);
  use(exports[glue.memory] as WebAssembly.Memory);
}
