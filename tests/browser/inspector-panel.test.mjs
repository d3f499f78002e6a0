/**
 * The inspector's panel on a page that is not its own: it comes only when asked, the page does not feel it, and nothing of the
 * page's breaks it.
 */

import assert from "node:assert/strict";
import { BASE_CODE, call, lead, setStage } from "./support/stage.mjs";
import { HOST, inside, openInspector, panel, row, rows } from "./support/inspector.mjs";
import { meta, NONCE, openStrict, strictPage, violations } from "./support/strict.mjs";
import { until } from "./support/until.mjs";

const stage = setStage();
const { visiting, open, serve } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */

const asked = () => stage.world.proxy.seen.filter(({ url }) => new URL(url).pathname === "/twin-inspect.js").length;

/** Whether the panel is on the screen, with the size of one. @param {Visit} visit */
const isSeen = (visit) =>
  inside(visit, (root) => {
    const box = root.querySelector(".inspector")?.getBoundingClientRect();
    return Boolean(box && box.width > 250 && box.height > 200 && box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight);
  });

/** What has the keyboard in the panel: its text. @param {Visit} visit */
const focused = (visit) => inside(visit, (root) => root.activeElement?.getAttribute("aria-label") ?? root.activeElement?.textContent ?? "");

visiting("it is loaded only when it is asked for", async (visit) => {
  await open(visit, serve(`${visit.origin}/page`));
  await lead(visit);
  await visit.twin("flush");
  assert.equal(asked(), 0);
  await openInspector(visit);
  assert.equal(asked(), 1);
});

visiting("it is asked for by the address, and by a call that waits in the stub", async (visit) => {
  const url = serve(`${visit.origin}/page`, { data: { consent: "required" } });
  await open(visit, `${url}?a=1&twin-inspect`);
  await panel(visit);
  assert.equal(await visit.page.evaluate(() => document.activeElement === document.body), true, "the keyboard stays with the page");
  await open(visit, serve(`${visit.origin}/stub`, { calls: "twin('track','Lead',{},{eventId:'early'});twin('inspect')" }));
  await panel(visit);
  await row(visit, "early", "sent", "delivered");
});

visiting("the bookmarklet of the docs opens it", async (visit) => {
  await open(visit, serve(`${visit.origin}/page`));
  await visit.page.evaluate("void(window._twin?_twin.then(function(t){t.inspect()}):alert('No pixel-twin on this page'))");
  await panel(visit);
});

visiting("it works by the keyboard alone", async (visit) => {
  const { keyboard } = visit.page;
  await open(visit, serve(`${visit.origin}/page`, { body: "<button id=shop>Buy</button>" }));
  await call(visit, "track", "ViewContent", {}, { eventId: "one" });
  await call(visit, "track", "Lead", {}, { eventId: "two" });
  await visit.page.focus("#shop");
  await openInspector(visit);
  await row(visit, "two", "sent", "delivered");
  await until("the keyboard in the panel", async () => /^Events/.test(String(await focused(visit))));
  await keyboard.press("ArrowRight");
  assert.match(String(await focused(visit)), /^Warnings/);
  assert.equal(await inside(visit, (root) => root.querySelector("#page-warnings")?.hasAttribute("hidden")), false);
  await keyboard.press("Home");
  await keyboard.press("ArrowDown");
  assert.match(String(await focused(visit)), /^Leadtwo/);
  await keyboard.press("ArrowDown");
  assert.match(String(await focused(visit)), /^ViewContentone/);
  await keyboard.press("Enter");
  await until("the opened line", () => inside(visit, (root) => root.querySelector('[data-id="one"] .detail') !== null));
  await keyboard.press("Escape");
  assert.equal(await inside(visit, (root) => root.querySelector(".inspector")?.hasAttribute("hidden")), true);
  assert.equal(await visit.page.evaluate(() => document.activeElement?.id), "shop", "the keyboard is back where it was");
  await visit.page.evaluate(() => void (/** @type {any} */ (window).twin("inspect")));
  await until("the panel, whole again", () => isSeen(visit));
  await inside(visit, (root) => /** @type {HTMLElement} */ (root.querySelector('[aria-label^="Close"]')).click());
  assert.equal(await visit.page.evaluate((host) => document.querySelector(host) === null, HOST), true);
});

visiting("what is done in it stays in it: no shortcut and no click of the page's", async (visit) => {
  await open(visit, serve(`${visit.origin}/page`, { head: "<script>window.felt=[];for(const name of ['keydown','click'])document.addEventListener(name,()=>felt.push(name))</script>" }));
  await openInspector(visit);
  await until("the keyboard in the panel", async () => /^Events/.test(String(await focused(visit))));
  await visit.page.keyboard.press("ArrowRight");
  await inside(visit, (root) => /** @type {HTMLElement} */ (root.querySelector("#tab-this-page")).click());
  assert.deepEqual(await visit.page.evaluate(() => /** @type {any} */ (window).felt), []);
});

visiting("styles of the page do not reach it, and it moves nothing of the page's", async (visit) => {
  const HOSTILE = "<style>html,body{display:block}*:not(html,body){all:unset!important;display:none!important}*{color:red!important;font-size:60px!important;--bg:red;--unit:60px!important}div,section,button{position:static!important}html{font-size:60px}p.seen{display:block!important;height:3000px!important}</style>";
  const shape = () => visit.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight, JSON.stringify(document.querySelector("p")?.getBoundingClientRect())]);
  await open(visit, serve(`${visit.origin}/page`, { head: HOSTILE, body: "<p class=seen>shop</p>" }));
  const before = await shape();
  await openInspector(visit);
  await lead(visit);
  await until("the panel on the screen", () => isSeen(visit));
  assert.deepEqual(await shape(), before);
  const styles = await inside(visit, (root) => {
    const { position, fontSize } = getComputedStyle(/** @type {Element} */ (root.querySelector(".inspector")));
    const { color } = getComputedStyle(/** @type {Element} */ (root.querySelector("h2")));
    return [position, fontSize, color === "rgb(255, 0, 0)"];
  });
  assert.deepEqual(styles, ["fixed", "14px", false]);
});

visiting("a strict policy lets it come and look as it should", async (visit) => {
  strictPage(stage.world, { "content-security-policy": `default-src 'none'; script-src 'self' 'nonce-${NONCE}' 'wasm-unsafe-eval' ${meta(stage.world)}; connect-src 'self'; img-src 'self' ${meta(stage.world)}; require-trusted-types-for 'script'; trusted-types pixel-twin connect.facebook.net/fbevents` });
  await openStrict(visit);
  await openInspector(visit);
  await until("the panel on the screen", () => isSeen(visit));
  await until("the purchase", async () => (await rows(visit)).some(({ name, server }) => name === "Purchase" && server === "delivered"));
  assert.deepEqual((await violations(visit)).filter((text) => !text.endsWith("/favicon.ico")), []);
});

visiting("a policy that stops the Pixel is named as what stops it", async (visit) => {
  strictPage(stage.world, { "content-security-policy": `default-src 'none'; script-src 'self' 'nonce-${NONCE}' 'wasm-unsafe-eval'; connect-src 'self'` });
  await openStrict(visit);
  await openInspector(visit);
  // What was stopped before the panel was there is kept by some browsers only.
  await row(visit, await lead(visit), "blocked by CSP", "delivered");
  visit.errors.splice(0);
}, { failedLoads: true });

visiting("it stays where a page replaces all it has, and comes back with the page", async (visit) => {
  await open(visit, serve(`${visit.origin}/page`));
  await openInspector(visit);
  await visit.page.evaluate(() => {
    document.body.replaceWith(document.createElement("body"));
    document.querySelector("pixel-twin-inspector")?.remove();
    history.pushState(null, "", "/page?next");
  });
  await panel(visit);
  const id = await lead(visit);
  await row(visit, id, "sent", "delivered");
  await open(visit, serve(`${visit.origin}/other`));
  await visit.back();
  await visit.ready();
  await panel(visit);
  await row(visit, await lead(visit), "sent", "delivered");
});

visiting("a thousand events are listed, the newest first, and none is taken for another script's", async (visit) => {
  await open(visit, serve(`${visit.origin}/page`, { head: BASE_CODE, data: { routing: "pixel" } }));
  const track = (/** @type {number} */ from, /** @type {number} */ to) =>
    visit.page.evaluate((from, to) => {
      for (let place = from; place < to; place++) /** @type {any} */ (window).twin("track", "Search", {}, { eventId: `s${place}` });
    }, from, to);
  await track(0, 400);
  await openInspector(visit);
  await track(400, 1100);
  await until("the last event", async () => (await rows(visit))[0]?.id === "s1099", async () => (await rows(visit)).length);
  const listed = await rows(visit);
  assert.ok(listed.length <= 1000 && listed.length > 700, String(listed.length));
  assert.deepEqual(listed.filter(({ pixel }) => pixel === "sent by others"), []);
});

for (const width of [390, 1280]) {
  visiting(`nothing sticks out at ${width} pixels`, async (visit) => {
    await visit.page.setViewport({ width, height: 700 });
    await open(visit, serve(`${visit.origin}/page`, { head: '<meta name="viewport" content="width=device-width">' }));
    await call(visit, "track", "PurchaseOfSomethingWithAVeryLongNameIndeedAndMore", { ["long_".repeat(9)]: 1 }, { eventId: "x".repeat(200), routing: "both" });
    await openInspector(visit);
    await row(visit, "x".repeat(200), "sent", "delivered");
    const over = await inside(visit, (root) => {
      for (const details of root.querySelectorAll("details")) details.open = true;
      return new Promise((resolve) => setTimeout(() => resolve([...root.querySelectorAll("header, .page:not([hidden]), .detail, summary")].filter((one) => one.scrollWidth > one.clientWidth).map((one) => `${one.className || one.tagName} ${one.scrollWidth}`))));
    });
    assert.deepEqual(await over, []);
    assert.equal(await isSeen(visit), true);
  });
}
