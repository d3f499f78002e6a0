/**
 * On a developer's own machine the host has one label, and engines differ in which cookies they take there: WebKitGTK refuses
 * each that names a domain, even its own.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { conversion, startWorld } from "./support/world.mjs";

/** @type {import("./support/world.mjs").World} */
let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

test("fbp lasts on localhost, by the companion alone", async () => {
  const visit = await world.visit();
  // Meta's library would set it, too.
  world.proxy.block(world.isPixel);
  await visit.open("/");
  await visit.twin("track", "Lead");
  const first = (await conversion(world, "Lead", "server only")).server.user_data.fbp;
  assert.match(first, /^fb\.0\./);
  assert.equal((await visit.allCookies()).find(({ name }) => name === "_fbp")?.value, first);
  assert.deepEqual(visit.warnings.filter((text) => text.includes("cookies_unavailable")), []);
  await visit.leave();
});
