/**
 * The templates in Google's own code. That is not ours to give on, so env `GTM_JS` says where a published gtm.js is. What its
 * container has no use for, Google leaves out of it: most have no Consent Mode for templates, so consent is not asked here.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { containerWith, VARIABLE_VALUE } from "../gtm/real/container.mjs";
import { EVENTS, FIELDS, NONCE, push, setShop, SHOP, siteTemplate } from "./support/gtm.mjs";
import { sha256 } from "./support/shopping.mjs";
import { until } from "./support/until.mjs";
import { expectFailedLoads } from "./support/visiting.mjs";
import { conversion } from "./support/world.mjs";

const file = process.env["GTM_JS"];
const GTM = "https://www.googletagmanager.com/gtm.js";

if (!file) test("skipped: GTM_JS=/path/to/gtm.js node --test tests/browser/gtm-real.test.mjs runs the templates in that container", { skip: true }, () => {});
else {
  const { visiting } = setShop();
  const code = await readFile(file, "utf8");
  const templates = { tag: siteTemplate("tag"), variable: siteTemplate("event-id") };

  /** @param {import("./support/world.mjs").Visit} visit @param {{ fields?: Record<string, unknown>, script?: string, templates?: typeof templates }} [page] */
  const open = async ({ page, world }, { fields = {}, script = "", templates: used = templates } = {}) => {
    world.proxy.answer(GTM, { type: "text/javascript; charset=utf-8", body: containerWith(code, used, { ...FIELDS, ...fields }, EVENTS) });
    world.proxy.answer(`${SHOP}/real`, {
      type: "text/html; charset=utf-8",
      body: `<!doctype html><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,"><script nonce="${NONCE}">window.dataLayer=[{"gtm.start":Date.now(),event:"gtm.js"}];${script}</script><script async nonce="${NONCE}" src="${GTM}?id=GTM-TEST"></script>`,
    });
    await page.goto(`${SHOP}/real`);
    await until("the container", () => page.evaluate(() => Boolean(/** @type {any} */ (window).google_tag_manager)));
  };

  /** Comes back when all tags of the event have settled. @param {import("./support/world.mjs").Visit} visit @param {object} entry */
  const pushAndWait = ({ page }, entry) => page.evaluate((/** @type {object} */ entry) => new Promise((resolve) => /** @type {any} */ (window).dataLayer.push({ ...entry, eventCallback: () => resolve(true) })), entry);

  const purchase = (/** @type {string} */ transaction_id) => ({ event: "purchase", ecommerce: { transaction_id, value: 24.5, currency: "EUR", items: [{ item_id: "tea", price: 10, quantity: 2 }, { item_id: "cup", price: 4.5 }] } });

  visiting("both twins, with the id that the variable gives, and hashed customer", async (visit, world) => {
    const objectTable = ["list", ["map", "name", "content_name", "value", VARIABLE_VALUE]];
    await open(visit, { fields: { objectTable, useMatching: true, userDataTable: ["list", ["map", "name", "em", "value", " Canary@Example.com "]] } });
    await push(visit, purchase("R-1"));
    const row = await conversion(world, "Purchase", "deduplicated");
    const { value, num_items, content_name } = row.server.custom_data;
    assert.deepEqual([row.event_id, content_name, value, num_items], ["order_R-1", "order_R-1", 24.5, 3]);
    assert.equal(row.server.user_data.em, sha256("canary@example.com"));
  });

  visiting("two items, then one other: the data is the push's own", async (visit, world) => {
    await open(visit);
    await push(visit, purchase("R-2"), { event: "begin_checkout", ecommerce: { items: [{ item_id: "pot" }] } });
    const { server } = await conversion(world, "InitiateCheckout", "deduplicated");
    assert.deepEqual(server.custom_data.contents, [{ id: "pot", quantity: 1 }]);
    assert.match(server.event_id, /^\d{13}\.\d+\.\d+\.\d+$/);
    await conversion(world, "Purchase", "deduplicated");
  });

  visiting("the page's own eventCallback comes: the tag has settled, also where the script is blocked", async (visit, world) => {
    world.proxy.block(({ pathname }) => pathname === "/twin.js");
    const calls = "window.calls=[];window.fbq=(...call)=>calls.push(call);fbq.queue=[]";
    await open(visit, { script: calls });
    await pushAndWait(visit, purchase("R-3"));
    const made = await visit.page.evaluate(() => /** @type {any} */ (window).calls);
    assert.deepEqual(made.map((/** @type {unknown[]} */ call) => [call[0], call[2], call[4]]), [["trackSingle", "Purchase", { eventID: "order_R-3" }]]);
    expectFailedLoads(visit);
  });

  visiting("it would be seen here: a permission that is missing", async (visit, world) => {
    const permissions = JSON.parse(JSON.stringify(templates.tag.permissions).replace('"twin.q"', '"twin.queue"'));
    await open(visit, { templates: { ...templates, tag: { ...templates.tag, permissions } } });
    await pushAndWait(visit, purchase("R-4"));
    assert.equal(await visit.page.evaluate(() => /** @type {any} */ (window).twin?.q), undefined);
    assert.deepEqual(world.proxy.seen.filter(({ url }) => url.includes("/twin")), []);
  });
}
