/**
 * Meta's real library, blocked, stuck or under revoked consent: the page works, the server twin goes, and `diagnose` tells
 * the state as it is. `FBEVENTS_JS` says where a copy is, see `support/fbevents.mjs`.
 */

import assert from "node:assert/strict";
import { baseCode, becomes, beside, fbq, hit, hits, ID, isHit, isLibrary, isSettings, onStage, page, pixelState, post, queue } from "./support/fbevents.mjs";
import { call, lead } from "./support/stage.mjs";
import { posts } from "./support/twins.mjs";
import { until } from "./support/until.mjs";

/** @typedef {import("./support/stage.mjs").Visit} Visit */

const FBP = /^fb\.1\.\d{13}\.\d+$/;
/** The page does something of its own. */
const BUTTON = '<button onclick="this.textContent=`in the cart`">buy</button>';

/** The visitor can use the page, and the page can call the library. @param {Visit} visit */
async function works(visit) {
  await visit.page.click("button");
  assert.equal(await visit.page.$eval("button", (button) => button.textContent), "in the cart");
  await fbq(visit, "trackCustom", "OfThePage", { score: 1 });
}

/** The server twin of a Lead that has none beside it, and the browser's cookies as it says. @param {Visit} visit @param {string} id */
async function alone(visit, id) {
  const { user_data } = await post(visit, id);
  assert.match(user_data.fbp, FBP);
  assert.match(user_data.fbc, /^fb\.1\.\d{13}\.AbC$/);
  for (const name of ["fbp", "fbc"]) assert.ok((await visit.cookies()).includes(`_${name}=${user_data[name]}`), name);
}

/** Requests of the kind that have come. @param {(url: URL) => boolean} kind */
const asked = (kind) => onStage().world.proxy.seen.filter(({ url }) => kind(new URL(url)));

/** The calls that wait whose first words are these. @param {Visit} visit @param {string} start */
const waiting = async (visit, start) => (await queue(visit)).waiting.filter((words) => words.startsWith(start));

beside("the library is blocked: its queue grows, the server twin goes, diagnose says blocked", async (visit) => {
  onStage().world.proxy.block(isLibrary);
  await onStage().open(visit, page({ body: BUTTON }) + "?fbclid=AbC");
  await becomes(visit, "blocked");
  const id = await lead(visit);
  await alone(visit, id);
  await works(visit);
  const { hasRun, version } = await queue(visit);
  assert.deepEqual([hasRun, version], [false, "2.0"]);
  assert.deepEqual(await waiting(visit, "track"), [`trackSingle ${ID} Lead`, "trackCustom OfThePage"]);
  assert.deepEqual(asked(isHit), []);
});

beside("the library is blocked on a page with Meta's own base code: the same", async (visit) => {
  const { proxy } = onStage().world;
  const hold = proxy.hold(isLibrary);
  const calls = [`fbq("init","${ID}")`, 'fbq("track","PageView")'];
  await visit.page.goto(page({ head: baseCode(...calls), body: BUTTON }) + "?fbclid=AbC", { waitUntil: "domcontentloaded" });
  await visit.ready();
  assert.equal(await pixelState(visit), "queueing");
  proxy.block(isLibrary);
  hold.release();
  await becomes(visit, "blocked");
  await alone(visit, await lead(visit));
  await works(visit);
  assert.equal((await queue(visit)).hasRun, false);
  assert.deepEqual(await waiting(visit, ""), [`init ${ID}`, "track PageView", `trackSingle ${ID} Lead`, "trackCustom OfThePage"], "initialised once");
});

beside("the pixel's settings are blocked: the library runs but sends nothing, diagnose says unconfigured", async (visit) => {
  onStage().world.proxy.block(isSettings);
  await onStage().open(visit, page({ body: BUTTON }) + "?fbclid=AbC");
  const id = await lead(visit);
  await becomes(visit, "unconfigured");
  await until("a question for settings", () => asked(isSettings).length > 0);
  await alone(visit, id);
  await works(visit);
  const { hasRun, version } = await queue(visit);
  assert.ok(hasRun);
  assert.match(version, /^2\.9\.\d+$/);
  assert.ok(await visit.page.evaluate(() => /** @type {any} */ (window).fbq.instance.locks.isLocked()));
  assert.deepEqual(await waiting(visit, "track"), [`trackSingle ${ID} Lead`, "trackCustom OfThePage"]);
  assert.deepEqual(asked(isHit), []);
});

beside("the hits are blocked: the library notices nothing, and the server twin goes", async (visit) => {
  onStage().world.proxy.block(isHit);
  await onStage().open(visit, page({ body: BUTTON }) + "?fbclid=AbC");
  const id = await lead(visit);
  await until("the hit that is blocked", () => hits("Lead").some(({ field }) => field("eid") === id));
  await alone(visit, id);
  await works(visit);
  await becomes(visit, "working");
  assert.deepEqual((await queue(visit)).waiting, []);
});

beside("before consent there is no library, no cookie and no event; with it all of them come", async (visit) => {
  await onStage().open(visit, page({ data: { consent: "required" } }) + "?fbclid=AbC");
  const id = await lead(visit);
  assert.deepEqual([await visit.cookies(), await visit.page.evaluate(() => typeof (/** @type {any} */ (window).fbq))], ["", "undefined"]);
  assert.deepEqual(asked((url) => /facebook/.test(url.host) || url.pathname.startsWith("/twin/")), []);
  await call(visit, "consent", "grant");
  await hit("Lead", id);
  await alone(visit, id);
});

beside("consent on a page whose own base code waits for it, too", async (visit) => {
  await onStage().open(visit, page({ data: { consent: "required" }, head: baseCode('fbq("consent","revoke")', `fbq("init","${ID}")`, 'fbq("track","Contact",{},{eventID:"theirs"})') }) + "?fbclid=AbC");
  const id = await lead(visit);
  await until("the library", async () => (await queue(visit)).hasRun);
  assert.deepEqual([asked(isSettings), asked(isHit), posts(onStage().world), await visit.cookies()], [[], [], [], ""]);
  await call(visit, "consent", "grant");
  for (const [name, event_id] of [["Lead", id], ["Contact", "theirs"]]) await hit(String(name), String(event_id));
  await alone(visit, id);
});

beside("consent revoked at work: nothing more goes, the library locks itself, our traces are gone; granted again, new events go", async (visit) => {
  await onStage().open(visit, page({ body: BUTTON }) + "?fbclid=AbC");
  const first = await lead(visit);
  await hit("Lead", first);
  await alone(visit, first);
  await call(visit, "consent", "revoke");
  assert.equal(await visit.page.evaluate(() => /** @type {any} */ (window).fbq.instance.locks.isLocked()), true);
  const dropped = await lead(visit);
  await works(visit);
  assert.deepEqual(await waiting(visit, "track"), ["trackCustom OfThePage"]);
  assert.equal(/** @type {any} */ (await visit.twin("diagnose")).consent, "denied");
  // The endpoint's answer ends the cookies that no script can touch.
  await until("no cookies", async () => !/_fb[pc]=/.test(await visit.cookies()), () => visit.cookies());
  assert.deepEqual([hits("Lead").length, hits("OfThePage").length, posts(onStage().world).length], [1, 0, 1]);
  await call(visit, "consent", "grant");
  const second = await lead(visit);
  await hit("Lead", second);
  await post(visit, second);
  await until("what the page itself had asked of the library", () => hits("OfThePage").length === 1);
  assert.ok([...hits("Lead").map(({ field }) => field("eid")), ...posts(onStage().world).map(({ event_id }) => event_id)].every((id) => id !== dropped), "an event without consent went out");
});

beside("consent revoked before the library has come: what we had asked of it never goes", async (visit) => {
  const hold = onStage().world.proxy.hold(isLibrary);
  await visit.page.goto(page(), { waitUntil: "domcontentloaded" });
  await visit.ready();
  const id = await lead(visit);
  await post(visit, id);
  await call(visit, "consent", "revoke");
  hold.release();
  await until("the library", async () => (await queue(visit)).hasRun);
  await fbq(visit, "track", "Contact");
  assert.deepEqual(asked(isSettings), []);
  await call(visit, "consent", "grant");
  const later = await lead(visit);
  await hit("Lead", later);
  assert.deepEqual(hits("Lead").map(({ field }) => field("eid")), [later]);
});
