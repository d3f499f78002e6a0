/**
 * The promise of the whole project as one assertion: what was done leads to these events, each from these sides with one
 * id, and to nothing else.
 */

import assert from "node:assert/strict";
import { until } from "./until.mjs";
import { PIXEL_ID } from "./world.mjs";

/** @typedef {import("./world.mjs").World} World */
/** @typedef {import("./world.mjs").Visit} Visit */
/** @typedef {import("./world.mjs").Conversion} Conversion */

/**
 * An event that has to come.
 * @typedef {object} Wanted
 * @property {string} event_name
 * @property {string} [event_id] any, but the same from both sides, unless told
 * @property {"both" | "pixel" | "server"} [from] both unless told
 * @property {string} [pixel_id]
 * @property {string} [url] of the page it happened on, as each side that it comes from says
 */

/** What closes a test: nothing that left before it can be still on its way when it has come. */
const FENCE = "Fence";
const STATUS = /** @type {const} */ ({ both: "deduplicated", pixel: "browser only", server: "server only" });

/**
 * Pixel events that left the browser, in order.
 * @param {World} world
 */
export function hits(world) {
  return world.proxy.seen.filter((request) => world.isPixel(request) && /^\/tr\/?$/.test(new URL(request.url).pathname)).map(({ url, body }) => {
    const query = new URL(url).searchParams;
    // Those too large for an address come as a form.
    const field = (/** @type {string} */ name) => query.get(name) ?? new RegExp(`name="${name}"\r\n\r\n(.*?)\r\n`).exec(body)?.[1] ?? "";
    return { pixel_id: field("id"), event_name: field("ev"), event_id: field("eid"), url: field("dl"), field };
  });
}

/**
 * Server events that left the browser, in order, each as often as it was posted.
 * @param {World} world
 * @returns {(Record<string, any> & { event_name: string, event_id: string, status: number | undefined, sent_at: unknown })[]}
 */
export function posts(world) {
  return world.proxy.seen.filter((request) => world.isEndpoint(request) && request.method === "POST").flatMap(({ body, status }) => {
    const { data, sent_at } = parse(body);
    return data.filter((event) => event?.event_name).map((event) => ({ ...event, status, sent_at }));
  });
}

/** A body that is none holds no event. @param {string} body @returns {{ data: any[], sent_at?: unknown }} */
function parse(body) {
  try {
    return { data: [], ...JSON.parse(body) };
  } catch {
    return { data: [] };
  }
}

/** What came and went, for the message of a test that fails. @param {World} world */
export async function summary(world) {
  const meta = (await world.conversions()).map(({ event_name, event_id, pixel_id, status, repeats }) => `${event_name} ${event_id} at ${pixel_id}: ${status}, ${repeats.length} repeats`);
  return { meta, hits: hits(world).map(({ event_name, event_id, url }) => `${event_name} ${event_id} on ${url}`), posts: posts(world).map(({ event_name, event_id, status }) => `${event_name} ${event_id}: ${status}`) };
}

/** Keys of the server events that this visitor's browser still keeps. @param {Visit} visit */
export const kept = async (visit) => Object.keys(await visit.storage()).filter((key) => key.startsWith("_twin_o."));

/**
 * Does something and sees it through to Meta.
 *
 * Beyond what is expected nothing may have left the browser since the world's last reset, but for events named in `besides`.
 *
 * @param {Visit} visit
 * @param {object} options
 * @param {() => unknown} [options.action]
 * @param {Wanted[]} [options.expect] every event that has to come
 * @param {(string | RegExp)[]} [options.refute] what no Pixel or server event may hold
 * @param {string[]} [options.besides] names of events that do not matter here
 * @param {boolean} [options.reposted] the line was bad: a post may have gone out more than once, and counts when it was taken
 * @param {"both" | "pixel" | "server"} [options.fence] the sides that are open, for the event that closes the test
 * @returns {Promise<Conversion[]>} what Meta has, in the order of `expect`
 */
export async function expectTwins(visit, { action, expect = [], refute = [], besides = [], reposted = false, fence = "both" }) {
  const { world } = visit;
  await action?.();

  /** What an earlier test has left with the relay may still come in. @param {Conversion} row */
  const isOurs = ({ event_id }) => [...hits(world), ...posts(world)].some((one) => one.event_id === event_id);
  /** @type {Conversion[]} */
  const found = [];
  for (const { event_name, event_id, from = "both", pixel_id = PIXEL_ID, url } of expect) {
    const rows = async () => (await world.conversions()).filter((row) => row.event_name === event_name && isOurs(row));
    const fits = (/** @type {Conversion} */ row) =>
      row.pixel_id === pixel_id && (event_id === undefined || row.event_id === event_id) && row.status === STATUS[from] &&
      (url === undefined || [row.browser, row.server].every((side) => !side || side.event_source_url === url)) && found.every(({ id }) => id !== row.id);
    const row = await until(`${event_name} ${event_id ?? ""} from ${from} to ${pixel_id}`, async () => (await rows()).find(fits), async () => [await summary(world), visit.errors, visit.warnings]);
    assert.ok(row.event_id, `${event_name} has no id`);
    if (from === "both") {
      assert.equal(row.reason, "event_id");
      assert.equal(row.browser.event_id, row.server.event_id);
      assert.equal(row.browser.fbp, row.server.user_data.fbp);
    }
    found.push(row);
  }
  await close(visit, fence);

  const rest = (/** @type {{ event_name: string }} */ { event_name }) => event_name !== FENCE && !besides.includes(event_name);
  const pixelSide = (/** @type {any} */ { pixel_id = PIXEL_ID, event_name, event_id }) => `${event_name} ${event_id} to ${pixel_id}`;
  const serverSide = (/** @type {any} */ { event_name, event_id }) => `${event_name} ${event_id}`;
  const wanted = expect.map((one, place) => ({ ...one, event_id: found[place].event_id })).filter(rest);
  const left = { pixel: hits(world).filter(rest).map(pixelSide), server: posts(world).filter(rest).map(serverSide) };
  if (reposted) left.server = [...new Set(posts(world).filter((post) => rest(post) && post.status === 202).map(serverSide))];
  assert.deepEqual(left.pixel.sort(), wanted.filter(({ from }) => from !== "server").map(pixelSide).sort(), "Pixel events that left the browser");
  assert.deepEqual(left.server.sort(), wanted.filter(({ from }) => from !== "pixel").map(serverSide).sort(), "server events that left the browser");
  const rows = (await world.conversions()).filter((row) => rest(row) && isOurs(row));
  assert.equal(rows.length, wanted.length, "counted by Meta");
  for (const row of rows) assert.deepEqual(row.repeats, [], `${row.event_name} ${row.event_id} came again`);
  for (const text of refute) {
    for (const { url, body } of world.proxy.seen.filter((request) => world.isEndpoint(request) || world.isPixel(request))) {
      const all = decodeURIComponent(url) + body;
      assert.ok(typeof text === "string" ? !all.includes(text) : !text.test(all), `${text} is in ${all}`);
    }
  }
  return found;
}

/** Waits until one more event of the page has come through and nothing is kept any more. @param {Visit} visit @param {"both" | "pixel" | "server"} from */
async function close(visit, from) {
  const event_id = await visit.twin("track", FENCE, {}, { routing: from });
  const { world } = visit;
  await until("the closing event", async () => (await world.conversions()).some((row) => row.event_id === event_id && row.status === STATUS[from]), () => summary(world));
  await until("an empty outbox", async () => (await kept(visit)).length === 0, () => visit.storage());
}
