/**
 * The twins beside Meta's real library, for whoever has a copy: `FBEVENTS_JS=/path/to/fbevents.js`, and for a pixel's own
 * settings `FBEVENTS_CONFIG=/path/to/its/config.js`. The repository neither has nor fetches one.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { ids, lead, setStage } from "./support/stage.mjs";
import { sha256 } from "./support/shopping.mjs";
import { until } from "./support/until.mjs";
import { PIXEL_ID } from "./support/world.mjs";

const { FBEVENTS_JS, FBEVENTS_CONFIG } = process.env;
const ORIGIN = "https://www.shop.example";
/** Where the library comes from, and asks for a pixel's settings. */
const META = "https://connect.facebook.net";
/** Where it sends events. */
const HITS = "https://www.facebook.com/tr/";

if (!FBEVENTS_JS) {
  test("beside Meta's real library", { skip: "set FBEVENTS_JS to a copy of fbevents.js" }, () => {});
} else {
  const library = await readFile(FBEVENTS_JS);
  const config = FBEVENTS_CONFIG ? await readFile(FBEVENTS_CONFIG, "utf8") : "";
  /** The settings are of one pixel. */
  const pixelId = /configLoaded\("(\d+)"\)|"pixelID":"?(\d+)/.exec(config)?.slice(1).find(Boolean) ?? PIXEL_ID;
  const stage = setStage();
  const { open, serve } = stage;

  /** @param {string} name @param {(visit: import("./support/stage.mjs").Visit) => Promise<void>} body */
  const visiting = (name, body) =>
    stage.visiting(`beside Meta's real library: ${name}`, async (visit) => {
      stage.world.proxy.answer(`${META}/en_US/fbevents.js`, { type: "text/javascript", body: library });
      for (const url of [HITS, HITS.slice(0, -1), `${META}/log/error`]) stage.world.proxy.answer(url, { type: "image/gif" });
      stage.world.proxy.answer(`${META}/signals/config/${pixelId}`, { type: "text/javascript", body: config || `fbq.registerPlugin("${pixelId}",{__fbEventsPlugin:1,plugin:function(fbq,instance,config){instance.configLoaded("${pixelId}")}});` });
      await body(visit);
    }, { origin: ORIGIN, failedLoads: true });

  const page = (query = "", calls = "") => serve(`${ORIGIN}/page`, { data: { "pixel-id": pixelId, "pixel-script": undefined }, calls }) + query;
  /** The library's own requests for events of that name, each as its fields. @param {string} name */
  const hits = (name) => stage.world.proxy.seen.filter(({ url }) => url.startsWith(HITS)).map(({ url }) => new URL(url).searchParams).filter((fields) => fields.get("ev") === name);
  const requests = () => stage.world.proxy.seen.map(({ url }) => url);

  visiting("one id, one browser, one customer", async (visit) => {
    await open(visit, page("?fbclid=AbC", 'twin("identify",{em:" Maria@Example.com ",external_id:"7"})'));
    const id = await lead(visit);
    const hit = await until("the Pixel event", async () => hits("Lead").find((fields) => fields.get("eid") === id), requests);
    const field = (/** @type {string} */ name) => hit.get(name) ?? undefined;
    await visit.twin("flush");
    const posted = stage.world.proxy.seen.filter(stage.world.isEndpoint).flatMap(({ body }) => JSON.parse(body).data).find(({ event_id }) => event_id === id);
    assert.deepEqual([field("fbp"), field("fbc")], [posted.user_data.fbp, posted.user_data.fbc]);
    assert.deepEqual([field("ud[em]"), posted.user_data.em], [sha256("maria@example.com"), sha256("maria@example.com")]);
    assert.equal(field("ud[external_id]"), posted.user_data.external_id);
  });

  visiting("what the page's address holds of a person is in neither twin", async (visit) => {
    await open(visit, page("?email=ann%40example.com&utm_source=shop#phone=%2B16505550100", 'window.first=twin("track","Lead",{value:1,currency:"USD"})'));
    await lead(visit);
    await until("two Pixel events", async () => hits("Lead").length === 2, requests);
    for (const fields of hits("Lead")) assert.equal(fields.get("dl"), `${ORIGIN}/page?utm_source=shop`);
    assert.equal(await visit.page.evaluate(() => location.href), `${ORIGIN}/page?email=ann%40example.com&utm_source=shop#phone=%2B16505550100`);
  });
}
