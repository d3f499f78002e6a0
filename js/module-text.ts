/**
 * The module from the bytes that are in this file as text: no second request, no MIME type and no bundler can go wrong.
 */

/** Put in by scripts/build.mjs at the end of the file. */
declare const WASM_TEXT: string;

/** Rejects where WebAssembly may not run. */
export const instantiate = (imports: WebAssembly.Imports): Promise<WebAssembly.WebAssemblyInstantiatedSource> =>
  // What scripts/wasm-text.mjs did, undone; characters past 255 lose what is over a byte.
  WebAssembly.instantiate(
    Uint8Array.from(WASM_TEXT, (character) => [0, 8, 9, 10, 11, 12, 13]["XYZUQWV".indexOf(character)] ?? character.charCodeAt(0)),
    imports,
  );
