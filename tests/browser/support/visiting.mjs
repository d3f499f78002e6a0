/**
 * What every file of browser tests begins with: one world for all its tests, and a new visitor for each.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startWorld } from "./world.mjs";

/** @typedef {import("./world.mjs").World} World */
/** @typedef {import("./world.mjs").Visit} Visit */

/**
 * Gives a `test` whose visitor's console must stay free of errors; those that belong to a test it takes by {@link expectErrors}.
 * @param {Parameters<typeof startWorld>[0]} [shopOptions]
 */
export function stage(shopOptions) {
  /** @type {World} */
  let world;
  before(async () => {
    world = await startWorld(shopOptions);
  });
  after(() => world?.stop());

  /** @param {string} name @param {(visit: Visit, world: World) => Promise<void>} body @param {{ skip?: string | false }} [options] */
  return (name, body, options = {}) =>
    test(name, options, async () => {
      await world.reset();
      const visit = await world.visit();
      try {
        await body(visit, world);
        assert.deepEqual(visit.errors, []);
      } finally {
        await visit.leave();
      }
    });
}

/** What failed to load, and has to in this test, is on the console and taken off. @param {Visit} visit */
export function expectFailedLoads(visit) {
  const failed = visit.failedLoads();
  // Firefox tells no test of them.
  if (visit.world.engine.failedLoad) assert.ok(failed.length > 0, "nothing failed to load");
}
