/**
 * The plain-JS build of the rules, which scripts/build.mjs makes of the module: what `WebAssembly.instantiate` would give.
 */

/** Takes what the module imports, gives what it exports, its memory among it. */
export default function instantiate(imports: WebAssembly.Imports): WebAssembly.Exports;
