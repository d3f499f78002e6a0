/**
 * The relay's keeper: an HttpOnly cookie beside `_fbp` and `_fbc`, which a purge of what scripts have set leaves alone, and by
 * which the relay brings the first ids back. In WebKit above all: it is Safari that purges.
 */

import assert from "node:assert/strict";
import { call, cookie, ids, lead, setCookies, setStage } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

const stage = setStage();
const { open, serve, twins } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */

const ORIGIN = "https://www.shop.example";
const KEEPERS = ["__Host-twin_fbc", "__Host-twin_fbp"];

/** A test with a host in front that tells the relay of its TLS, as the examples for nginx and Caddy do. @param {string} name @param {(visit: Visit) => Promise<void>} body */
const visiting = (name, body) =>
  stage.visiting(
    name,
    (visit) => {
      stage.world.proxy.tellScheme();
      return body(visit);
    },
    { origin: ORIGIN },
  );

/** Those that no script can read. @param {Visit} visit */
const keepers = async (visit) => (await visit.allCookies()).filter(({ httpOnly }) => httpOnly).map(({ name }) => name).sort();

/** Both ids of a new event's twins. @param {Visit} visit */
const seen = async (visit) => ids(await twins(await lead(visit)));

/** Takes away all that scripts have set, on a page without the companion. @param {Visit} visit */
async function purge(visit) {
  await visit.page.goto(serve(`${ORIGIN}/plain`, { tag: false }));
  await setCookies(visit, ["_fbp", "_fbc"].map((name) => `${name}=; domain=.shop.example; path=/; max-age=0`));
  await visit.page.evaluate(() => localStorage.clear());
  assert.equal(await visit.cookies(), "", "a script can see the keepers");
}

visiting("cookies and storage are purged: the relay brings _fbp and _fbc back from their keepers, for both twins of the next page", async (visit) => {
  const page = serve(`${ORIGIN}/page`);
  await open(visit, `${page}?fbclid=AbC`);
  const before = await seen(visit);
  assert.match(before.fbc, /\.AbC$/);
  await until("the keepers", async () => (await keepers(visit)).length === 2, () => visit.allCookies());
  assert.deepEqual(await keepers(visit), KEEPERS);

  await purge(visit);
  assert.deepEqual(await keepers(visit), KEEPERS);
  await open(visit, page);
  // The page itself can't know: its first event goes with a new fbp, and the answer to it brings the old one.
  const first = await seen(visit);
  assert.notEqual(first.fbp, before.fbp);
  assert.equal(first.fbc, undefined);
  await until("the ids of before", async () => (await cookie(visit, "_fbp")) === before.fbp && (await cookie(visit, "_fbc")) === before.fbc, () => visit.allCookies());

  await open(visit, page);
  assert.deepEqual(await seen(visit), before);
  assert.deepEqual(await seen(visit), before);
});

visiting("a new click after the purge goes before the one that is kept", async (visit) => {
  const page = serve(`${ORIGIN}/page`);
  await open(visit, `${page}?fbclid=Older`);
  const before = await seen(visit);
  await until("the keepers", async () => (await keepers(visit)).length === 2, () => visit.allCookies());
  await purge(visit);
  await open(visit, `${page}?fbclid=Newer`);
  await seen(visit);
  await until("the fbp of before", async () => (await cookie(visit, "_fbp")) === before.fbp, () => visit.allCookies());
  await open(visit, page);
  const { fbp, fbc } = await seen(visit);
  assert.equal(fbp, before.fbp);
  assert.match(fbc, /\.Newer$/);
});

visiting("no keeper without consent, none after it was taken back, and nothing comes back from one by a later grant", async (visit) => {
  const page = serve(`${ORIGIN}/page`, { data: { consent: "required" } });
  await open(visit, `${page}?fbclid=AbC`);
  await call(visit, "track", "Lead");
  await visit.twin("flush");
  assert.deepEqual(await visit.allCookies(), []);
  await call(visit, "consent", "grant");
  const before = await seen(visit);
  await until("the keepers", async () => (await keepers(visit)).length === 2, () => visit.allCookies());
  await call(visit, "consent", "revoke");
  await until("the end of all cookies", async () => (await visit.allCookies()).length === 0, async () => [await visit.allCookies(), stage.world.proxy.seen.filter(stage.world.isEndpoint).map(({ method, status, headers }) => [method, status, headers])]);
  await open(visit, page);
  await call(visit, "consent", "grant");
  const after = await seen(visit);
  assert.notEqual(after.fbp, before.fbp);
  assert.equal(after.fbc, undefined);
  assert.equal(await cookie(visit, "_fbp"), after.fbp);
});
