/**
 * The script tag wherever shops put it, and from wherever they serve it: the file's own host and version are those of the
 * parts that it loads.
 */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { root } from "../../scripts/run.mjs";
import { expectTwins } from "./support/twins.mjs";
import { publish, pixelScript, STUB } from "./support/pages.mjs";
import { stage } from "./support/visiting.mjs";
import { PIXEL_ID } from "./support/world.mjs";

const visiting = stage();
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const CDN = "http://cdn.example";

/** Serves what the build has made for tags on a host of its own. @param {import("./support/world.mjs").World} world */
function publishOnCdn(world) {
  for (const file of readdirSync(path.join(root, "dist")).filter((name) => /^twin.*\.js$/.test(name))) {
    world.proxy.answer(`${CDN}/lib/${file}`, { type: "text/javascript; charset=utf-8", headers: { "access-control-allow-origin": "*" }, body: readFileSync(path.join(root, "dist", file)) });
  }
}

/** @param {import("./support/world.mjs").World} world @param {string} src @param {string} how */
const tag = (world, src, how) => `<script ${how} src="${src}" data-pixel-id="${PIXEL_ID}" data-endpoint="/twin/events" data-pixel-script="${pixelScript(world)}"></script>`;

/** The relay remembers what it has had. */
let orders = 900;

for (const [what, src, how, part] of [
  ["async in the head", "/twin.js", "async", "/twin-names.js"],
  ["defer in the head", "/twin.js", "defer", "/twin-names.js"],
  ["plainly in the head", "/twin.js", "", "/twin-names.js"],
  ["with a query against caches", "/twin.js?v=7", "async", "/twin-names.js?v=7"],
  ["by its version", `/twin.${version}.js`, "async", `/twin-names.${version}.js`],
  ["from a CDN, by its version", `${CDN}/lib/twin.${version}.js`, "async", `${CDN}/lib/twin-names.${version}.js`],
  ["from a CDN, pinned by its hash", `${CDN}/lib/twin.js`, 'async crossorigin integrity="HASH"', `${CDN}/lib/twin-names.js`],
]) {
  visiting(`the tag ${what}`, async (visit, world) => {
    publishOnCdn(world);
    const order = String(++orders);
    const { "twin.js": hash } = JSON.parse(readFileSync(path.join(root, "dist/integrity.json"), "utf8"));
    publish(world, "/thanks", STUB, tag(world, src ?? "", (how ?? "").replace("HASH", hash)), `<script>twin("track","Purchase",{value:5,currency:"USD"},{orderId:"${order}",user:{country:"Germany"}})</script>`);
    await expectTwins(visit, { action: () => visit.open("/thanks"), expect: [{ event_name: "Purchase", event_id: `order_${order}` }] });
    const asked = world.proxy.seen.map(({ url }) => url).filter((url) => url.includes("names"));
    assert.deepEqual(asked, [part?.startsWith("http") ? part : world.shop.url + part]);
  });
}

visiting("the tag at the end of the body, without a stub before it", async (visit, world) => {
  publish(world, "/thanks", "<p>Thank you</p>", tag(world, "/twin.js", ""), `<script>addEventListener("load",function(){setTimeout(function go(){window.twin?twin("track","Purchase",{value:5,currency:"USD"},{orderId:"800"}):setTimeout(go,20)})})</script>`);
  await expectTwins(visit, { action: () => visit.open("/thanks"), expect: [{ event_name: "Purchase", event_id: "order_800" }] });
});
