/** wasm-bindgen's glue for `src/lib.rs`, which says what the arguments are. */
declare module "*/glue/pixel_twin_bg.js" {
  export const imports: WebAssembly.Imports;
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
  /** The name of the exported memory. */
  export const memory: string;
  export function room(bytes: number): number;
  export function ask(what: number): void;
  export function outcome(status: number, retryAfter_s: number, failures: number, random: number): number;
}
