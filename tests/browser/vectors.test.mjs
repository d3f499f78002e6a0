/**
 * The tables of customer values through the module that ships, in a browser, with the browser's own Unicode tables: the same
 * hashes as in the native build, which runs the same tables in crates/core/tests/vectors.rs.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { startWorld } from "./support/world.mjs";

/** @type {import("./support/world.mjs").World} */
let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

for (const file of ["normalisation.json", "normalisation-corner-cases.json"]) {
  test(file, async () => {
    /** @type {{ field: string, input: string, sha256: string | null }[]} */
    const cases = JSON.parse(await readFile(path.join(root, "tests/vectors", file), "utf8"));
    assert.ok(cases.length > 50);
    const visit = await world.visit();
    await visit.open("/");
    const hashes = await visit.page.evaluate(
      (/** @type {{ field: string, input: string }[]} */ cases) =>
        cases.map(({ field, input }) => {
          /** @type {unknown} */
          let hash;
          /** @type {any} */ (window).twin("hash", field, input, (/** @type {unknown} */ answer) => (hash = answer));
          return hash;
        }),
      cases,
    );
    cases.forEach(({ field, input, sha256 }, place) => assert.equal(hashes[place], sha256, `${field} ${JSON.stringify(input)}`));
    await visit.leave();
  });
}
