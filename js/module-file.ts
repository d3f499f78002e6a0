/**
 * The module from a file beside this one, compiled while it comes, for `pixel-twin/wasm`. Takes the place of `module-text.ts`.
 */

/** Rejects where WebAssembly may not run, or the file is not there. */
export async function instantiate(imports: WebAssembly.Imports): Promise<WebAssembly.WebAssemblyInstantiatedSource> {
  const url = new URL("./pixel-twin.wasm", import.meta.url);
  try {
    return await WebAssembly.instantiateStreaming(fetch(url), imports);
  } catch {
    // A server may not know the type of the file.
    return WebAssembly.instantiate(await (await fetch(url)).arrayBuffer(), imports);
  }
}
