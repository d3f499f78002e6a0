/**
 * Shops with Google Tag Manager: pages with a container, the templates that `npx pixel-twin gtm` writes for them, and the
 * companion as it is shipped.
 */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { forSite } from "../../../bin/gtm.mjs";
import { root } from "../../../scripts/run.mjs";
import { flatten } from "../../gtm/sandbox/permissions.mjs";
import { readTemplate } from "../../gtm/template-file.mjs";
import { until } from "./until.mjs";
import { PIXEL_ID, startWorld } from "./world.mjs";

/** @typedef {import("./world.mjs").World} World */
/** @typedef {import("./world.mjs").Visit} Visit */

export const SHOP = "https://www.shop.example";
export const SCRIPT = `${SHOP}/twin.js`;
export const NONCE = "c2xvd2tpbG4";

/** @param {string} folder */
export const siteTemplate = (folder) => readTemplate(forSite(readFileSync(path.join(root, "gtm", folder, "template.tpl"), "utf8"), SCRIPT));

/** What a shop fills in, and what the editor stores of the rest. */
export const FIELDS = { pixelIds: PIXEL_ID, eventNameSource: "dataLayer", unmapped: "skip", eventIdSource: "order", useDataLayer: true, contentType: "product", endpoint: "/twin/events", consentSource: "gtm", whenDenied: "hold", library: "load", dataLayerName: "dataLayer", debug: true };

export const EVENTS = "page_view|view_item|add_to_cart|begin_checkout|purchase|generate_lead|eec\\..*";

/** Starts a world whose Meta is the stand-in, and gives a `test` whose visitor's console must stay free of errors. */
export function setShop() {
  /** @type {World} */
  let world;
  before(async () => {
    world = await startWorld();
    for (const host of ["https://connect.facebook.net", "https://www.facebook.com"]) world.proxy.host(host, world.standin.url);
  });
  after(() => world?.stop());

  return {
    get world() {
      return world;
    },
    /** @param {string} name @param {(visit: Visit, world: World) => Promise<void>} body */
    visiting(name, body) {
      test(name, async () => {
        await world.reset();
        const visit = await world.visit({ origin: SHOP });
        try {
          await body(visit, world);
          assert.deepEqual(visit.errors, []);
        } finally {
          await visit.leave();
        }
      });
    },
  };
}

/**
 * @typedef {object} Page
 * @property {{ events?: string, fields?: Record<string, unknown> }[]} [tags]
 * @property {string} [head] in front of all else
 * @property {string} [script] the page's own, before the container
 * @property {Record<string, string>} [headers]
 * @property {string} [tagText] a template other than the site's
 */

/** Serves a page with a container in it, at the shop's `/gtm`. @param {World} world @param {Page} [page] */
export function servePage(world, { tags = [{}], head = "", script = "", headers = {}, tagText } = {}) {
  const sandbox = path.join(root, "tests/gtm/sandbox");
  for (const file of readdirSync(sandbox)) world.proxy.answer(`${SHOP}/sandbox/${file}`, { type: "text/javascript; charset=utf-8", body: readFileSync(path.join(sandbox, file)) });
  const ready = (/** @type {ReturnType<typeof readTemplate>} */ { tree, permissions }) => ({ tree, permissions: flatten(permissions) });
  const container = { tag: ready(tagText ? readTemplate(tagText) : siteTemplate("tag")), variable: ready(siteTemplate("event-id")), tags: tags.map(({ events = EVENTS, fields = {} }) => ({ events, fields: { ...FIELDS, ...fields } })) };
  const nonce = `nonce="${NONCE}"`;
  world.proxy.answer(`${SHOP}/gtm`, {
    type: "text/html; charset=utf-8",
    headers,
    body: `<!doctype html><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,">${head}
<script ${nonce}>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)};${script}</script>
<script type="application/json" id="container">${JSON.stringify(container).replaceAll("<", "\\u003c")}</script>
<script type="module" ${nonce} src="/sandbox/page.mjs"></script>`,
  });
}

/** Opens it and waits for the container. @param {Visit} visit @param {string} [query] */
export async function openPage(visit, query = "") {
  await visit.page.goto(`${SHOP}/gtm${query}`);
  // Puppeteer's own waiting needs `eval`, which strict pages forbid.
  await until("the container", () => visit.page.evaluate(() => Boolean(/** @type {any} */ (window).container)), () => visit.errors);
}

/** @param {Visit} visit @param {...object} entries of the data layer */
export const push = ({ page }, ...entries) => page.evaluate((/** @type {object[]} */ entries) => void /** @type {any} */ (window).dataLayer.push(...entries), entries);

/** @param {Visit} visit @param {...unknown} args */
export const gtag = ({ page }, ...args) => page.evaluate((/** @type {unknown[]} */ args) => /** @type {any} */ (window).gtag(...args), args);

/** What the container has to tell. @param {Visit} visit @returns {Promise<{ settled: [string, string][], log: unknown[][], variables: string[] }>} */
export const told = ({ page }) => page.evaluate(() => /** @type {any} */ (window).container);

/** Waits until so many tags have settled, and gives how. @param {Visit} visit @param {number} count */
export const settled = (visit, count) => until(`${count} settled tags`, async () => (await told(visit)).settled.length >= count && (await told(visit)).settled, () => told(visit));
