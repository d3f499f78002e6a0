/// <reference path="./support/page-globals.d.ts" />
/**
 * Consent from the page's other signals: Google's Consent Mode, Global Privacy Control, Shopify, WordPress, and several at once.
 */

import assert from "node:assert/strict";
import { assertSilent, becomes, calls, consent, inWorld, open, posted, stored, went } from "./support/consent-page.mjs";
import { google, gpc, inPage, shopify, stubOfTcf, tcData, tcf, wp } from "./support/signals.mjs";
import { conversion } from "./support/world.mjs";

/** @typedef {import("./support/world.mjs").Visit} Visit */

const visiting = inWorld();
const AUTO = 'data-consent="auto"';
const DENIED = { ad_storage: "denied", ad_user_data: "denied", ad_personalization: "denied", analytics_storage: "denied" };
const GRANTED = { ad_storage: "granted", ad_user_data: "granted" };

visiting("case 45: Consent Mode, denied by default, granted by an update", async (world, visit) => {
  await open(world, visit, { head: google(DENIED), tag: AUTO });
  const id = await visit.twin("track", "Lead");
  assert.deepEqual(await consent(visit), ["denied", "consent-mode"]);
  await assertSilent(world, visit);
  await visit.page.evaluate((granted) => gtag("consent", "update", granted), GRANTED);
  // No event follows that could make it look.
  await becomes(visit, "granted", "consent-mode");
  assert.equal((await conversion(world, "Lead", "deduplicated")).event_id, id);
});

visiting("case 45: Consent Mode, each order of what was set", async (world, visit) => {
  await open(world, visit, { head: google(null), tag: AUTO, library: "recorder" });
  assert.deepEqual(await consent(visit), ["unknown", "none"]);
  /** @type {[what: string, entries: unknown[][], state: string, from: string][]} */
  const steps = [
    ["neither type is set", [["consent", "default", { analytics_storage: "granted", wait_for_update: 500 }]], "unknown", "none"],
    ["what is no decision", [["js", 1], ["config", "G-1"], ["consent"], ["consent", "default"], ["consent", "update", null], ["consent", "update", "granted"], ["set", "ad_storage", "granted"]], "unknown", "none"],
    ["one type granted, the other never set", [["consent", "default", { ad_storage: "granted" }]], "granted", "consent-mode"],
    ["the other one denied", [["consent", "update", { ad_user_data: "denied" }]], "denied", "consent-mode"],
    ["an update of another type", [["consent", "update", { analytics_storage: "granted" }]], "denied", "consent-mode"],
    ["both granted", [["consent", "update", { ad_user_data: "granted" }]], "granted", "consent-mode"],
    ["only the storage denied", [["consent", "update", { ad_storage: "denied" }]], "denied", "consent-mode"],
    ["two updates at once, the last one holds", [["consent", "update", GRANTED], ["consent", "update", DENIED]], "denied", "consent-mode"],
    ["and the other way round", [["consent", "update", DENIED], ["consent", "update", GRANTED]], "granted", "consent-mode"],
  ];
  for (const [what, entries, state, from] of steps) {
    await visit.page.evaluate((entries) => entries.forEach((entry) => gtag(...entry)), entries);
    assert.deepEqual(await consent(visit), [state, from], what);
  }
});

visiting("case 45: Consent Mode, entries that are arrays, and a dataLayer that comes late and holds anything", async (world, visit) => {
  await open(world, visit, { tag: AUTO, library: "recorder" });
  assert.deepEqual(await consent(visit), ["unknown", "none"]);
  await visit.page.evaluate(() => {
    const thrower = Object.defineProperty({}, "0", { get: () => { throw new Error("entry"); } });
    window.dataLayer = [null, undefined, 0, "consent", {}, thrower, () => 1, { event: "gtm.js" }, ["consent", "default", { ad_storage: "denied" }]];
  });
  assert.deepEqual(await consent(visit), ["denied", "consent-mode"]);
  await visit.page.evaluate(() => dataLayer.push({ event: "cmp" }, ["consent", "update", { ad_storage: "granted", ad_user_data: "granted" }]));
  assert.deepEqual(await consent(visit), ["granted", "consent-mode"]);
  await visit.page.evaluate(() => dataLayer.push(["consent", "update", { get ad_storage() { throw new Error("type"); } }], ["consent", "update", { ad_storage: "denied" }]));
  assert.deepEqual(await consent(visit), ["denied", "consent-mode"]);
});

visiting("case 45: Consent Mode, a dataLayer that Tag Manager has taken over and cuts short loses no decision", async (world, visit) => {
  await open(world, visit, { head: google(DENIED), tag: AUTO, library: "recorder" });
  assert.deepEqual(await consent(visit), ["denied", "consent-mode"]);
  // As gtm.js does it: a push of its own, and no more than 300 entries.
  await visit.page.evaluate(() => {
    const push = dataLayer.push;
    dataLayer.push = function (...entries) {
      push.apply(dataLayer, entries);
      while (dataLayer.length > 300) dataLayer.shift();
      return dataLayer.length;
    };
  });
  const fill = () => visit.page.evaluate(() => { for (let number = 0; number < 301; number++) dataLayer.push({ event: `e${number}` }); });
  await fill();
  assert.deepEqual(await consent(visit), ["denied", "consent-mode"]);
  await visit.page.evaluate((granted) => gtag("consent", "update", granted), GRANTED);
  assert.deepEqual(await consent(visit), ["granted", "consent-mode"]);
  await fill();
  assert.deepEqual(await consent(visit), ["granted", "consent-mode"]);
  await visit.page.evaluate((denied) => gtag("consent", "update", denied), DENIED);
  assert.deepEqual(await consent(visit), ["denied", "consent-mode"]);
});

visiting("case 46: Global Privacy Control is a refusal", async (world, visit) => {
  await open(world, visit, { head: gpc(), tag: AUTO });
  await visit.twin("track", "Lead");
  assert.deepEqual(await consent(visit), ["denied", "gpc"]);
  await assertSilent(world, visit);
});

visiting("case 46: Global Privacy Control off says nothing", async (world, visit) => {
  await open(world, visit, { head: gpc(false), tag: AUTO });
  assert.deepEqual(await consent(visit), ["unknown", "none"]);
  await open(world, visit, { head: gpc(false) + google(GRANTED), tag: AUTO });
  assert.deepEqual(await consent(visit), ["granted", "consent-mode"]);
});

visiting("case 46: with gpc limit it limits the use of data on both twins, and refuses nothing", async (world, visit) => {
  const tag = `${AUTO} data-gpc="limit"`;
  await open(world, visit, { head: gpc(), tag });
  assert.deepEqual(await consent(visit), ["unknown", "none"]);
  await open(world, visit, { head: gpc() + google(GRANTED), tag });
  await visit.twin("track", "Lead");
  assert.deepEqual(await consent(visit), ["granted", "consent-mode"]);
  const limited = await conversion(world, "Lead", "deduplicated");
  assert.deepEqual([limited.browser.params.dpo, limited.browser.params.dpoco, limited.browser.params.dpost], ["LDU", "0", "0"]);
  assert.deepEqual([limited.server.data_processing_options, limited.server.data_processing_options_country, limited.server.data_processing_options_state], [["LDU"], 0, 0]);
  // Without it there is nothing to limit.
  await open(world, visit, { head: gpc(false) + google(GRANTED), tag });
  await visit.twin("track", "Contact");
  const unlimited = await conversion(world, "Contact", "deduplicated");
  assert.equal("dpo" in unlimited.browser.params, false);
  assert.equal("data_processing_options" in unlimited.server, false);
});

visiting("case 47: Shopify's customer privacy, before the visitor's answer and after it", async (world, visit) => {
  await open(world, visit, { head: shopify({ marketing: false, sale_of_data: true }), tag: AUTO });
  const id = await visit.twin("track", "Lead");
  assert.deepEqual(await consent(visit), ["denied", "shopify"]);
  await assertSilent(world, visit);
  const decide = (/** @type {object} */ decision) => visit.page.evaluate((decision) => Shopify.customerPrivacy.setTrackingConsent(decision, () => {}), decision);
  await decide({ marketing: true, sale_of_data: true });
  await becomes(visit, "granted", "shopify");
  assert.equal((await conversion(world, "Lead", "deduplicated")).event_id, id);
  await decide({ marketing: true, sale_of_data: false });
  await becomes(visit, "denied", "shopify");
  assert.deepEqual(await stored(visit), []);
  await decide({ sale_of_data: true });
  assert.deepEqual(await consent(visit), ["granted", "shopify"]);
  await decide({ marketing: false });
  assert.deepEqual(await consent(visit), ["denied", "shopify"]);
});

visiting("case 47: Shopify's API comes late, or throws", async (world, visit) => {
  await open(world, visit, { head: "<script>window.Shopify={shop:'s.myshopify.com',loadFeatures(){}}</script>", tag: AUTO, library: "recorder" });
  assert.deepEqual(await consent(visit), ["unknown", "none"]);
  await visit.page.evaluate(inPage.shopifyApi, { marketing: true, sale_of_data: true });
  assert.deepEqual(await consent(visit), ["granted", "shopify"]);
  await visit.page.evaluate(() => { Shopify.customerPrivacy.marketingAllowed = () => { throw new Error("not loaded"); }; });
  assert.equal((await consent(visit))[0], "unknown");
  // It is there and does not know: a yes from elsewhere is not enough.
  await visit.page.evaluate(inPage.consentMode, GRANTED);
  assert.equal((await consent(visit))[0], "unknown");
});

visiting("case 47: the WP Consent API, opt-in and opt-out", async (world, visit) => {
  await open(world, visit, { head: wp("optin"), tag: AUTO });
  const id = await visit.twin("track", "Lead");
  assert.deepEqual(await consent(visit), ["denied", "wp"]);
  await assertSilent(world, visit);
  await visit.page.evaluate(() => wp_set_consent("statistics", "allow"));
  assert.deepEqual(await consent(visit), ["denied", "wp"]);
  await visit.page.evaluate(() => wp_set_consent("marketing", "allow"));
  await becomes(visit, "granted", "wp");
  assert.equal((await conversion(world, "Lead", "deduplicated")).event_id, id);
  await visit.page.evaluate(() => wp_set_consent("marketing", "deny"));
  await becomes(visit, "denied", "wp");
  assert.deepEqual(await stored(visit), []);

  await open(world, visit, { head: wp("optout"), tag: AUTO });
  assert.deepEqual(await consent(visit), ["granted", "wp"]);
  await visit.page.evaluate(() => wp_set_consent("marketing", "deny"));
  assert.deepEqual(await consent(visit), ["denied", "wp"]);
});

/** How each signal says yes and no on a page that has begun. @type {Record<string, (visit: Visit, isGranted: boolean) => Promise<unknown>>} */
const SAY = {
  tcf: (visit, isGranted) => visit.page.evaluate(inPage.tcfApi, tcData({ purposes: isGranted ? [1, 3, 4] : [] }), true),
  "consent-mode": async (visit, isGranted) => {
    await visit.page.evaluate(inPage.consentMode);
    await visit.page.evaluate((decision) => gtag("consent", "update", decision), isGranted ? GRANTED : DENIED);
  },
  shopify: (visit, isGranted) => visit.page.evaluate(inPage.shopifyApi, { marketing: isGranted, sale_of_data: isGranted }),
  wp: (visit, isGranted) => visit.page.evaluate(inPage.wpApi, /** @type {const} */ ("optin"), { marketing: isGranted ? "allow" : "deny" }),
};

for (const first of Object.keys(SAY)) {
  for (const second of Object.keys(SAY).filter((signal) => signal !== first)) {
    visiting(`case 48: ${first} and then ${second} disagree: the strictest holds`, async (world, visit) => {
      for (const [isFirst, isSecond] of [[true, false], [false, true]]) {
        await open(world, visit, { tag: AUTO, library: "recorder" });
        await SAY[first]?.(visit, Boolean(isFirst));
        assert.deepEqual(await consent(visit), [isFirst ? "granted" : "denied", first]);
        await SAY[second]?.(visit, Boolean(isSecond));
        assert.deepEqual(await consent(visit), ["denied", isFirst ? second : first]);
      }
    });
  }
}

visiting("case 48: Global Privacy Control against all others; no answer of TCF against a yes; all together", async (world, visit) => {
  const yes = google(GRANTED) + tcf() + shopify({ marketing: true, sale_of_data: true }) + wp("optin", { marketing: "allow" });
  await open(world, visit, { head: yes, tag: AUTO, library: "recorder" });
  assert.equal((await consent(visit))[0], "granted");
  await open(world, visit, { head: gpc() + yes, tag: AUTO, library: "recorder" });
  assert.deepEqual(await consent(visit), ["denied", "gpc"]);
  await open(world, visit, { head: stubOfTcf() + google(GRANTED), tag: AUTO });
  await visit.twin("track", "Lead");
  assert.deepEqual(await consent(visit), ["unknown", "tcf"]);
  assert.equal(went(world, "Lead"), false);
  await visit.page.evaluate((denied) => gtag("consent", "update", denied), DENIED);
  assert.deepEqual(await consent(visit), ["denied", "consent-mode"]);
});

visiting("case 49: a grant by hand wins over every refusal, also a later one", async (world, visit) => {
  const no = { head: gpc() + google(DENIED) + tcf(tcData({ purposes: [] })) + shopify({ marketing: false, sale_of_data: false }) + wp("optin"), tag: AUTO };
  await open(world, visit, no);
  await visit.twin("track", "Lead");
  assert.equal((await consent(visit))[0], "denied");
  await visit.twin("consent", "grant");
  assert.deepEqual(await consent(visit), ["granted", "call"]);
  await conversion(world, "Lead", "deduplicated");
  await visit.page.evaluate((answer) => (cmp.set(answer), gtag("consent", "update", { ad_storage: "denied" }), wp_set_consent("marketing", "deny")), tcData({ purposes: [], eventStatus: "useractioncomplete" }));
  assert.deepEqual(await consent(visit), ["granted", "call"]);
  await visit.twin("track", "Contact");
  await conversion(world, "Contact", "deduplicated");
  // And said before twin.js has come.
  await open(world, visit, { ...no, calls: "twin('consent', 'grant'); twin('track', 'Schedule')" });
  await conversion(world, "Schedule", "deduplicated");
});

visiting("case 49: a revoke by hand wins over every grant, also a later one, until a grant by hand", async (world, visit) => {
  await open(world, visit, { head: google(GRANTED) + tcf() + wp("optin", { marketing: "allow" }), tag: AUTO, library: "recorder" });
  assert.equal((await consent(visit))[0], "granted");
  await visit.twin("consent", "revoke");
  await visit.page.evaluate((answer) => (cmp.set(answer), gtag("consent", "update", { ad_storage: "granted" }), wp_set_consent("marketing", "allow")), tcData({ eventStatus: "useractioncomplete" }));
  await visit.twin("track", "Lead");
  assert.deepEqual(await consent(visit), ["denied", "call"]);
  await visit.twin("flush");
  assert.deepEqual([posted(world), await stored(visit), (await calls(visit)).at(-1)], [[], [], ["consent", "revoke"]]);
  await visit.twin("consent", "grant");
  await visit.twin("track", "Contact");
  await visit.twin("flush");
  assert.deepEqual(posted(world).map(({ event_name }) => event_name), ["Contact"]);
});
