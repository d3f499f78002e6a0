/**
 * The endpoints of docs/endpoints/, started as their pages say and sent what the companion posts.
 */

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { CASES } from "./support/cases.mjs";
import { startMeta } from "./support/meta.mjs";
import { RECIPES } from "./support/recipes.mjs";
import { lacks, prepare, start } from "./support/running.mjs";

/** @type {import("./support/meta.mjs").Meta} */
let meta;
before(async () => {
  meta = await startMeta();
});
after(() => meta?.stop());

for (const recipe of RECIPES) {
  const missing = lacks(recipe);
  // A skipped suite would not be counted.
  if (missing) {
    test(recipe.name, { skip: missing }, () => {});
    continue;
  }
  describe(recipe.name, () => {
    /** @type {Awaited<ReturnType<typeof start>>[]} */
    let running = [];
    before(async () => {
      const folder = await prepare(recipe);
      running = await Promise.all([0, 1].map((proxies) => start(recipe, folder, meta.url, { proxies })));
    });
    after(() => Promise.all(running.map(({ stop }) => stop())));
    beforeEach(() => meta.reset());
    for (const [name, body] of Object.entries(CASES)) {
      test(name, () => {
        const [direct, proxied] = running;
        assert.ok(direct && proxied);
        return body({ url: direct.url, behindProxy: proxied.url, knowsPeer: !recipe.needsProxy, log: () => direct.log() + proxied.log() }, meta);
      });
    }
  });
}
