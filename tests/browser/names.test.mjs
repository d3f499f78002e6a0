/**
 * The names of countries and the like come when a value is written out, and never keep an event from going.
 */

import assert from "node:assert/strict";
import { call, setStage } from "./support/stage.mjs";
import { sha256 } from "./support/shopping.mjs";
import { until } from "./support/until.mjs";

const stage = setStage();
const { visiting, open, serve, twins, one } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */

const isFile = (/** @type {{ pathname: string }} */ { pathname }) => pathname === "/twin-names.js";
const asked = () => stage.world.proxy.seen.filter(({ url }) => isFile(new URL(url))).length;
const openPage = (/** @type {Visit} */ visit, /** @type {Record<string, string>} */ data = {}) => open(visit, serve(`${visit.origin}/page`, { data: { debug: "true", ...data } }));

/** @param {Visit} visit @param {object} user @param {object} [params] @returns {Promise<string>} */
const lead = (visit, user, params = {}) => call(visit, "track", "Lead", { value: 1, currency: "USD", ...params }, { user });

visiting("codes need no names", async (visit) => {
  await openPage(visit);
  const { server } = await twins(await lead(visit, { country: "DE", st: "CA", ge: "f", em: "a@b.co" }));
  assert.deepEqual([server.user_data.country, server.user_data.st, server.user_data.ge], [sha256("de"), sha256("ca"), sha256("f")]);
  assert.equal(asked(), 0);
});

visiting("what is written out is found, and the file is asked for once", async (visit) => {
  await openPage(visit);
  const ids = [await lead(visit, { country: "Germany", st: "California", ge: "Mrs" }), await lead(visit, { country: "Österreich" }), await lead(visit, {}, { currency: "jpy" })];
  const [first, second, third] = [await twins(ids[0] ?? ""), await twins(ids[1] ?? ""), await twins(ids[2] ?? "")];
  assert.deepEqual([first.server.user_data.country, first.server.user_data.st, first.server.user_data.ge], [sha256("de"), sha256("ca"), sha256("f")]);
  assert.ok(second.server.user_data.country);
  assert.equal(third.server.custom_data.currency, "JPY");
  assert.equal(asked(), 1);
});

visiting("events wait for them in their order, with their own time, and are not lost with the page", async (visit) => {
  await openPage(visit);
  await until("Meta's library", async () => /** @type {any} */ (await visit.twin("diagnose")).pixel !== "queueing");
  stage.world.proxy.hold(isFile);
  const first = await lead(visit, { country: "Germany", em: "a@b.co" });
  const second = await lead(visit, { em: "a@b.co" });
  assert.deepEqual(stage.world.proxy.seen.filter(stage.world.isEndpoint), []);
  await visit.page.goto("about:blank");
  const { user_data } = (await twins(first)).server;
  assert.deepEqual([user_data.em, user_data.country], [sha256("a@b.co"), undefined]);
  await twins(second);
}, { failedLoads: true });

visiting("without the file the event goes, but for that field", async (visit) => {
  await openPage(visit);
  stage.world.proxy.block(isFile);
  const { server } = await twins(await lead(visit, { country: "Germany", em: "a@b.co" }, { currency: "sek" }));
  assert.deepEqual([server.user_data.em, server.user_data.country, server.custom_data.currency], [sha256("a@b.co"), undefined, "SEK"]);
  assert.ok(visit.warnings.some((text) => /user\.country: .*\(country_invalid\)$/.test(text)), String(visit.warnings));
}, { failedLoads: true });

visiting("nothing is loaded before consent, and hashes that are remembered have them", async (visit) => {
  await openPage(visit, { consent: "required", remember: "true" });
  await visit.twin("identify", { country: "Germany" });
  const id = await lead(visit, { st: "New York" });
  assert.ok(!(await visit.twin("hash", "country", "Germany")));
  assert.equal(asked(), 0);
  await visit.twin("consent", "grant");
  const { server } = await twins(id);
  assert.deepEqual([server.user_data.country, server.user_data.st], [sha256("de"), sha256("ny")]);
  assert.ok((await visit.storage())["_twin_user"]?.includes(sha256("de")));
  assert.equal(await visit.twin("hash", "country", "Germany"), sha256("de"));
});

visiting("a revoke while they are on their way ends what waits for them", async (visit) => {
  await openPage(visit);
  const held = stage.world.proxy.hold(isFile);
  await lead(visit, { country: "Germany" });
  await until("the request", async () => held.requests.length > 0);
  await visit.twin("consent", "revoke");
  held.release();
  await until("the file", async () => asked() === 1);
  await visit.twin("consent", "grant");
  await one(await call(visit, "track", "Contact", {}, { routing: "server" }), "server only");
  assert.deepEqual(stage.world.proxy.seen.filter(({ url, body }) => (url + body).includes("Lead")), []);
});
