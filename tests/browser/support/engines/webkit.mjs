/**
 * WebKit, by WebKitWebDriver.
 */

/** @returns {Promise<import("./engine.mjs").Engine>} */
export async function start() {
  throw new Error("not yet");
}
