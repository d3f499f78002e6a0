/**
 * The inspector's switch for Meta's Test Events, at the wire, and what the tab keeps of it: nothing without consent.
 */

import assert from "node:assert/strict";
import { call, lead, setStage } from "./support/stage.mjs";
import { inside, openInspector, panel, row, tab } from "./support/inspector.mjs";
import { until } from "./support/until.mjs";

const stage = setStage();
const { visiting, open, serve } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */

/** The body with which an event was posted last. @param {string} event_id @returns {Promise<{ data: object[], test_event_code?: string }>} */
const body = (event_id) =>
  until(`the post of ${event_id}`, () => {
    const post = stage.world.proxy.seen.filter((request) => stage.world.isEndpoint(request) && request.body.includes(event_id)).at(-1);
    return post && JSON.parse(post.body);
  });

/** Types a code into the switch; an empty one presses Stop. @param {Visit} visit @param {string} code */
async function use(visit, code) {
  await tab(visit, "this-page");
  await inside(visit, (root, code) => {
    if (!code) return /** @type {HTMLElement} */ (root.querySelector("#code-off")).click();
    /** @type {HTMLInputElement} */ (root.querySelector("#code")).value = code;
    /** @type {HTMLFormElement} */ (root.querySelector("form.test")).requestSubmit();
  }, code);
}

/** What the tab keeps for the inspector. @param {Visit} visit */
const kept = async (visit) => (await visit.page.evaluate(() => sessionStorage.getItem("_twin_inspect"))) ?? null;

visiting("the code goes out beside the events, also on the next page, until it is ended", async (visit) => {
  const url = serve(`${visit.origin}/page`);
  await open(visit, url);
  await openInspector(visit);
  const before = await lead(visit);
  assert.equal("test_event_code" in (await body(before)), false);
  await use(visit, "TEST12345");
  const during = await lead(visit);
  assert.equal((await body(during)).test_event_code, "TEST12345");
  await row(visit, during, "sent", "delivered");
  // The very first post of the next page, too.
  await open(visit, serve(`${visit.origin}/thanks`, { calls: "twin('track','Lead',{},{eventId:'thanks'})" }));
  assert.equal((await body("thanks")).test_event_code, "TEST12345");
  await panel(visit);
  await use(visit, "");
  const after = await lead(visit);
  assert.equal("test_event_code" in (await body(after)), false);
  assert.equal(await kept(visit), "");
  await inside(visit, (root) => /** @type {HTMLElement} */ (root.querySelector('[aria-label^="Close"]')).click());
  assert.equal(await kept(visit), null);
  const asked = () => stage.world.proxy.seen.filter(({ url }) => url.endsWith("/twin-inspect.js")).length;
  const times = asked();
  await open(visit, url);
  await visit.twin("flush");
  assert.equal(asked(), times);
});

visiting("what is no code is not taken", async (visit) => {
  await open(visit, serve(`${visit.origin}/page`));
  await openInspector(visit);
  await use(visit, '","data":[');
  const posted = await body(await lead(visit));
  assert.deepEqual(Object.keys(posted).sort(), ["data", "sent_at"]);
});

visiting("without consent the tab keeps nothing, and nothing stays when it is taken back", async (visit) => {
  await open(visit, `${serve(`${visit.origin}/page`, { data: { consent: "required" } })}?twin-inspect`);
  await panel(visit);
  await use(visit, "TEST12345");
  await lead(visit);
  assert.deepEqual(await visit.storage(), {});
  await call(visit, "consent", "grant");
  const id = await lead(visit);
  assert.equal((await body(id)).test_event_code, "TEST12345");
  await until("the tab keeps it", async () => (await kept(visit)) === "TEST12345");
  await call(visit, "consent", "revoke");
  await until("the tab keeps nothing", async () => (await kept(visit)) === null);
});
