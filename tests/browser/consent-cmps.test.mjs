/// <reference path="./support/page-globals.d.ts" />
/**
 * Real consent platforms in real pages, wired as docs/consent.md says: its examples are what is tested here.
 */

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import webpack from "webpack";
import { root } from "../../scripts/run.mjs";
import { assertSilent, bare, becomes, consent, inWorld, stored, went } from "./support/consent-page.mjs";
import { stubOfTcf } from "./support/signals.mjs";
import { conversion } from "./support/world.mjs";

/** @typedef {import("./support/world.mjs").World} World */
/** @typedef {import("./support/world.mjs").Visit} Visit */

/**
 * A platform on a page: its files by address, and where its buttons are, first in its banner, then in its settings.
 * @typedef {object} Platform
 * @property {string} example heading in docs/consent.md
 * @property {string} from what `consentFrom` says
 * @property {string} [head] before the example
 * @property {string} [body]
 * @property {Record<string, string>} files
 * @property {string} banner
 * @property {string} accept
 * @property {string} reject
 * @property {string} settings what opens the settings
 * @property {string[]} acceptLater
 * @property {string[]} rejectLater
 */

const visiting = inWorld();
const docs = await readFile(path.join(root, "docs/consent.md"), "utf8");
const file = (/** @type {string} */ name) => readFile(path.join(root, "node_modules", name), "utf8");

/** The example under a heading, to the letter. @param {string} heading */
function example(heading) {
  const [, html] = new RegExp(`^### ${heading}$[^]*?^\`\`\`html\n([^]*?)^\`\`\`$`, "m").exec(docs) ?? [];
  assert.ok(html, `docs/consent.md has no example for ${heading}`);
  return html;
}

/** One file for the page out of a module and its packages. @param {string} entry */
async function bundle(entry) {
  const folder = await mkdtemp(path.join(tmpdir(), "twin-bundle-"));
  try {
    await new Promise((resolve, reject) =>
      webpack({ mode: "none", target: "web", entry: path.join(root, entry), output: { path: folder, filename: "bundle.js" } }, (error, stats) => (error || stats?.hasErrors() ? reject(error ?? new Error(stats?.toString())) : resolve(undefined))),
    );
    return await readFile(path.join(folder, "bundle.js"), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @type {Record<string, Platform>} */
const PLATFORMS = {
  Klaro: {
    example: "Klaro",
    from: "consent-mode",
    files: { "/klaro.js": await file("klaro/dist/klaro.js") },
    body: '<a id="settings" href="#" onclick="return klaro.show(undefined, true)">Privacy settings</a>',
    banner: "#klaro .cookie-notice:not(.cookie-notice-hidden)",
    accept: "#klaro .cookie-notice .cm-btn-success",
    reject: "#klaro .cookie-notice .cn-decline",
    settings: "#settings",
    acceptLater: ["#klaro .cookie-modal .cm-purpose .cm-list-title", "#klaro .cookie-modal .cm-btn-accept"],
    rejectLater: ["#klaro .cookie-modal .cm-purpose .cm-list-title", "#klaro .cookie-modal .cm-btn-accept"],
  },
  "vanilla-cookieconsent": {
    example: "vanilla-cookieconsent",
    from: "call",
    files: { "/cookieconsent.esm.js": await file("vanilla-cookieconsent/dist/cookieconsent.esm.js"), "/cookieconsent.css": await file("vanilla-cookieconsent/dist/cookieconsent.css") },
    // It hides from browsers that are driven.
    head: "<script>Object.defineProperty(navigator,'webdriver',{value:false})</script>",
    body: '<button id="settings" data-cc="show-preferencesModal">Privacy settings</button>',
    banner: "#cc-main .cm",
    accept: '#cc-main .cm [data-role="all"]',
    reject: '#cc-main .cm [data-role="necessary"]',
    settings: "#settings",
    acceptLater: ['#cc-main .pm [data-role="all"]'],
    rejectLater: ['#cc-main .pm [data-role="necessary"]'],
  },
  "IAB Tech Lab's CmpApi": {
    example: "A platform with TCF",
    from: "tcf",
    head: stubOfTcf(),
    files: { "/platform.js": await bundle("tests/browser/fixtures/tcf-platform.mjs") },
    body: '<div id="platform" hidden><button id="accept">Accept</button><button id="reject">Reject</button></div><button id="settings">Privacy settings</button><script src="/platform.js"></script>',
    banner: "#platform",
    accept: "#accept",
    reject: "#reject",
    settings: "#settings",
    acceptLater: ["#accept"],
    rejectLater: ["#reject"],
  },
  "a banner of the shop's own": {
    example: "Any other",
    from: "call",
    files: {},
    body: `<div id="banner"><button id="accept">Accept</button><button id="reject">Reject</button></div><button id="settings">Privacy settings</button><script>
      banner.hidden = Boolean(earlier);
      accept.onclick = () => (decided(true), banner.hidden = true);
      reject.onclick = () => (decided(false), banner.hidden = true);
      settings.onclick = () => (banner.hidden = false);
    </script>`,
    banner: "#banner",
    accept: "#accept",
    reject: "#reject",
    settings: "#settings",
    acceptLater: ["#accept"],
    rejectLater: ["#reject"],
  },
};

/** Serves the platform on two pages of the shop; Meta's addresses lie at the local Meta. @param {World} world @param {Visit} visit @param {Platform} platform */
function serve(world, visit, { example: heading, head = "", body = "", files }) {
  for (const path of ["/first", "/second"]) bare(world, visit, path, `${head}${example(heading)}<body>${body}`);
  for (const [path, content] of Object.entries(files)) world.proxy.answer(visit.origin + path, { type: path.endsWith("css") ? "text/css" : "text/javascript; charset=utf-8", body: content });
  for (const host of ["connect.facebook.net", "www.facebook.com"]) world.proxy.host(`https://${host}`, world.standin.url);
}

/** @param {Visit} visit @param {string} selector @param {boolean} isShown */
const shows = (visit, selector, isShown = true) =>
  visit.page.waitForFunction(
    (/** @type {string} */ selector, /** @type {boolean} */ isShown) => {
      const element = document.querySelector(selector);
      const box = element?.getBoundingClientRect();
      const isVisible = element && box && box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === "visible";
      return Boolean(isVisible) === isShown;
    },
    {},
    selector,
    isShown,
  );

/** As a visitor clicks, on what can be seen. @param {Visit} visit @param {string} selector */
async function press(visit, selector) {
  await shows(visit, selector);
  await visit.page.click(selector);
}

for (const [name, platform] of Object.entries(PLATFORMS)) {
  visiting(`case 50: ${name}, accepted: what waited goes, and later pages' events go at once`, async (world, visit) => {
    serve(world, visit, platform);
    await visit.open("/first");
    await shows(visit, platform.banner);
    const id = await visit.twin("track", "Lead");
    assert.notEqual((await consent(visit))[0], "granted");
    await assertSilent(world, visit);
    await press(visit, platform.accept);
    assert.equal((await conversion(world, "Lead", "deduplicated")).event_id, id);
    assert.deepEqual(await consent(visit), ["granted", platform.from]);

    await visit.open("/second");
    await becomes(visit, "granted", platform.from);
    await visit.twin("track", "Contact");
    await conversion(world, "Contact", "deduplicated");
    await shows(visit, platform.banner, false);
  });

  visiting(`case 50: ${name}, rejected: nothing goes, on later pages neither`, async (world, visit) => {
    serve(world, visit, platform);
    await visit.open("/first");
    await visit.twin("track", "Lead");
    await press(visit, platform.reject);
    await becomes(visit, "denied", platform.from);
    await visit.twin("track", "Contact");
    await assertSilent(world, visit);

    await visit.open("/second");
    await becomes(visit, "denied", platform.from);
    await visit.twin("track", "Schedule");
    await assertSilent(world, visit);
    await shows(visit, platform.banner, false);
  });

  visiting(`case 50: ${name}, a change of mind, both ways`, async (world, visit) => {
    serve(world, visit, platform);
    await visit.open("/first");
    await press(visit, platform.accept);
    await becomes(visit, "granted", platform.from);
    await visit.twin("track", "Lead");
    await conversion(world, "Lead", "deduplicated");
    await shows(visit, platform.accept, false);

    for (const button of [platform.settings, ...platform.rejectLater]) await press(visit, button);
    await becomes(visit, "denied", platform.from);
    assert.deepEqual(await stored(visit), []);
    assert.equal(await visit.page.evaluate(() => fbq.instance.locks.isLocked()), true);
    world.proxy.seen.length = 0;
    await visit.twin("track", "Contact");
    await assertSilent(world, visit);
    for (const button of platform.rejectLater) await shows(visit, button, false);

    for (const button of [platform.settings, ...platform.acceptLater]) await press(visit, button);
    await becomes(visit, "granted", platform.from);
    await visit.twin("track", "Schedule");
    await conversion(world, "Schedule", "deduplicated");
    // After a revoke by hand events were dropped; while a signal said no they waited.
    if (platform.from === "call") assert.equal(went(world, "Contact"), false);
    else await conversion(world, "Contact", "deduplicated");
  });
}

visiting("case 50: IAB Tech Lab's CmpApi, where GDPR does not apply", async (world, visit) => {
  serve(world, visit, /** @type {Platform} */ (PLATFORMS["IAB Tech Lab's CmpApi"]));
  await visit.open("/first?outside");
  await becomes(visit, "granted", "tcf");
  await visit.twin("track", "Lead");
  await conversion(world, "Lead", "deduplicated");
});
