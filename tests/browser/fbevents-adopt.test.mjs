/**
 * `adopt` beside Meta's real library: the page's own calls get the id that is posted, before the library runs and after, and
 * what the library does by itself gets no twin. `FBEVENTS_JS` says where a copy is, see `support/fbevents.mjs`.
 */

import assert from "node:assert/strict";
import { baseCode, becomes, beside, fbq, hit, hits, ID, isLibrary, isSettings, onStage, ORIGIN, OTHER, page, post } from "./support/fbevents.mjs";
import { lead } from "./support/stage.mjs";
import { posts } from "./support/twins.mjs";
import { until } from "./support/until.mjs";

/** @typedef {import("./support/stage.mjs").Visit} Visit */

const ADOPT = { adopt: "true", routing: "all" };
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/** Waits for the one event of that name that ours of the page's pixels has had, and for its server twin. @param {Visit} visit @param {string} name */
async function twin(visit, name) {
  const one = await until(`${name} from the Pixel`, () => hits(name).find(({ field }) => field("id") === ID));
  const event_id = one.field("eid") ?? "";
  assert.equal((await post(visit, event_id)).event_name, name);
  assert.deepEqual([hits(name).filter(({ field }) => field("id") === ID).length, posts(onStage().world).filter(({ event_name }) => event_name === name).length], [1, 1], name);
  return event_id;
}

beside("calls that wait in the queue before the library, while its settings come, and when it works", async (visit) => {
  const { proxy } = onStage().world;
  const [library, settings] = [proxy.hold(isLibrary), proxy.hold(isSettings)];
  const order = { value: 12.5, currency: "USD", order_id: "R-1" };
  await visit.page.goto(page({ data: ADOPT, head: baseCode(`fbq("init","${ID}")`, `fbq("track","Purchase",${JSON.stringify(order)})`) }), { waitUntil: "domcontentloaded" });
  await visit.ready();
  await fbq(visit, "track", "Contact");
  library.release();
  await becomes(visit, "unconfigured");
  await fbq(visit, "track", "Schedule", {}, { eventID: "own-1" });
  await fbq(visit, "track", "Donate");
  assert.deepEqual(hits("Purchase"), []);
  settings.release();
  await becomes(visit, "working");
  await fbq(visit, "trackCustom", "Quiz", { score: 7 });
  await fbq(visit, "trackSingle", ID, "StartTrial");
  assert.deepEqual([await twin(visit, "Purchase"), await twin(visit, "Schedule")], ["order_R-1", "own-1"]);
  for (const name of ["Contact", "Donate", "Quiz", "StartTrial"]) assert.match(await twin(visit, name), UUID, name);
});

beside("the companion comes when the library has long been working", async (visit) => {
  await visit.page.goto(page({ tag: false, head: baseCode(`fbq("init","${ID}")`, 'fbq("track","ViewContent",{},{eventID:"early"})') }));
  await hit("ViewContent", "early");
  await visit.page.evaluate((html) => void document.head.append(document.createRange().createContextualFragment(html)), onStage().tag(ORIGIN, { "pixel-id": ID, "pixel-script": undefined, ...ADOPT }));
  await until("the companion", () => visit.page.evaluate(() => Boolean(/** @type {any} */ (window).twin?.q)));
  const adopts = () => visit.page.evaluate(() => Boolean(Object.getOwnPropertyDescriptor(/** @type {any} */ (window).fbq, "callMethod")?.get));
  await until("adoption", adopts);
  await fbq(visit, "track", "Contact");
  assert.match(await twin(visit, "Contact"), UUID);
  assert.deepEqual(posts(onStage().world).map(({ event_name }) => event_name), ["Contact"]);
});

beside("foreign pixels: what is theirs alone is not touched, what is everybody's has one id", async (visit) => {
  await onStage().open(visit, page({ data: ADOPT, head: baseCode(`fbq("init","${OTHER}")`, `fbq("init","${ID}")`) }));
  await becomes(visit, "working");
  await fbq(visit, "trackSingle", OTHER, "Schedule");
  await fbq(visit, "track", "Contact");
  const event_id = await twin(visit, "Contact");
  const theirs = (/** @type {string} */ name) => until(`${name} at the other pixel`, () => hits(name).find(({ field }) => field("id") === OTHER));
  assert.equal((await theirs("Contact")).field("eid"), event_id);
  await theirs("Schedule");
  assert.deepEqual(posts(onStage().world).map(({ event_name }) => event_name), ["Contact"]);
});

beside("what the library sends by itself gets no twin, and the companion's own events are not adopted again", async (visit) => {
  const hold = onStage().world.proxy.hold(isLibrary);
  await visit.page.goto(page({ data: ADOPT, head: baseCode(`fbq("init","${ID}")`, 'fbq("track","PageView")'), body: "<button>ask</button>" }), { waitUntil: "domcontentloaded" });
  await visit.ready();
  hold.release();
  const view = await twin(visit, "PageView");
  await visit.page.click("button");
  await visit.page.evaluate(() => history.pushState({}, "", "/elsewhere"));
  const event_id = await lead(visit);
  await hit("Lead", event_id);
  assert.equal(await twin(visit, "Lead"), event_id);
  // Which of its own events it sends is the pixel's settings' matter.
  const own = [...hits("PageView"), ...hits("SubscribedButtonClick")].map(({ field }) => field("eid")).filter((id) => id !== view);
  assert.deepEqual(posts(onStage().world).map((post) => post.event_id).sort(), [view, event_id].sort(), `the library's own: ${own}`);
  assert.ok(own.every((id) => id !== event_id), "two events with one id");
});
