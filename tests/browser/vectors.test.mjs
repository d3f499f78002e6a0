/**
 * The tables of the rules through what ships, in a browser, with the browser's own Unicode tables and numbers, once as
 * WebAssembly and once as the plain JS that is loaded where a policy forbids that: the same results as in the native build,
 * which runs the same tables in crates/core/tests/vectors/.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { asked, NONCE, openStrict, strictPage } from "./support/strict.mjs";
import { namesAreThere } from "./support/names.mjs";
import { startWorld } from "./support/world.mjs";

/** @type {import("./support/world.mjs").World} */
let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

/** @param {string} file */
const table = async (file) => JSON.parse(await readFile(path.join(root, "tests/vectors", file), "utf8"));

/** What the page's own CSP says about scripts decides which build it gets. */
const BUILDS = { WebAssembly: "'wasm-unsafe-eval'", "plain JS": "" };

/** A `fbq` that only takes note. */
const FBQ = `<script nonce="${NONCE}">fbq=(...call)=>fbq.calls.push(call);fbq.calls=[]</script>`;

for (const [build, source] of Object.entries(BUILDS)) {
  /** @param {string} name @param {(visit: import("./support/world.mjs").Visit) => Promise<void>} body */
  const visiting = (name, body) =>
    test(`${name}, ${build}`, async () => {
      await world.reset();
      const visit = await world.visit();
      try {
        strictPage(world, { "content-security-policy": `script-src 'self' 'nonce-${NONCE}' ${source}` }, { first: FBQ });
        await openStrict(visit);
        assert.equal(asked(world, "twin-plain.js"), source ? 0 : 1);
        await body(visit);
      } finally {
        await visit.leave();
      }
    });

  for (const file of ["normalisation.json", "normalisation-corner-cases.json"]) {
    visiting(file, async (visit) => {
      /** @type {{ field: string, input: string, sha256: string | null }[]} */
      const cases = await table(file);
      assert.ok(cases.length > 50);
      await namesAreThere(visit);
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
    });
  }

  visiting("custom_data.json", async (visit) => {
    /** @type {{ cases: { name: string, in: object, out: object }[] }} */
    const { cases } = await table("custom_data.json");
    assert.ok(cases.length > 10);
    await namesAreThere(visit);
    const params = await visit.page.evaluate(
      (/** @type {{ in: object }[]} */ cases) => {
        const { twin, fbq } = /** @type {any} */ (window);
        return cases.map((one) => (twin("track", "Lead", one.in), fbq.calls.at(-1)[3]));
      },
      cases,
    );
    cases.forEach(({ name, out }, place) => assert.deepEqual(params[place], out, name));
  });
}
