/**
 * Brings the rules up. Where the page or the browser lets no WebAssembly run, the same module as plain JS is loaded from
 * beside this file.
 */

import * as glue from "../glue/pixel_twin_bg.js";
import { PLAIN_BUILD } from "./codes.js";
import { report } from "./notices.js";
import { use } from "./page.js";
import { instantiate } from "./module-text.js";
import { part } from "./parts.js";

/** Rejects where neither build can run. */
export async function load(): Promise<void> {
  let exports: WebAssembly.Exports;
  try {
    exports = (await instantiate(glue.imports)).instance.exports;
  } catch {
    exports = (await part("plain"))!(glue.imports);
    report(PLAIN_BUILD, "WebAssembly");
  }
  glue.__wbg_set_wasm(exports);
  use(exports[glue.memory] as WebAssembly.Memory);
}
