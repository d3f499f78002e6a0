/// <reference path="./support/page-globals.d.ts" />
/**
 * Consent from a platform of IAB Europe's Transparency and Consent Framework: each of its answers, and when it comes.
 */

import assert from "node:assert/strict";
import { assertSilent, becomes, called, calls, consent, inWorld, open, posted, stored, went } from "./support/consent-page.mjs";
import { inPage, stubOfTcf, tcData, tcf } from "./support/signals.mjs";
import { until } from "./support/until.mjs";
import { conversion, PIXEL_ID } from "./support/world.mjs";

const visiting = inWorld();
const AUTO = 'data-consent="auto"';

/** The platform gives another answer. @param {import("./support/world.mjs").Visit} visit @param {unknown} answer */
const set = (visit, answer, success = true) => visit.page.evaluate((answer, success) => cmp.set(answer, success), answer, success);

/**
 * Answers and what they mean, in one page. The opposite is said before each, so that every row has something to change.
 * @param {string} name @param {string} tag @param {Parameters<typeof tcData>[0]} all what is granted
 * @param {[what: string, answer: Parameters<typeof tcData>[0], state: "granted" | "denied"][]} rows
 */
function answers(name, tag, all, rows) {
  visiting(`case 44: TCF, ${name}`, async (world, visit) => {
    await open(world, visit, { head: tcf(tcData(all)), tag: `${AUTO} ${tag}`, library: "recorder" });
    assert.deepEqual(await consent(visit), ["granted", "tcf"]);
    for (const [what, answer, state] of rows) {
      await set(visit, tcData(state === "granted" ? { purposes: [] } : all));
      assert.deepEqual(await consent(visit), [state === "granted" ? "denied" : "granted", "tcf"], `before ${what}`);
      await set(visit, tcData(answer));
      assert.deepEqual(await consent(visit), [state, "tcf"], what);
    }
  });
}

answers("purposes", "", {}, [
  ["all that we need", { purposes: [1, 3, 4] }, "granted"],
  ["all there are", { purposes: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] }, "granted"],
  ["without 1", { purposes: [3, 4] }, "denied"],
  ["without 3", { purposes: [1, 4, 10, 11] }, "denied"],
  ["without 4", { purposes: [1, 2, 3] }, "denied"],
  ["none", { purposes: [] }, "denied"],
  ["only in legitimate interest", { purposes: [2, 7] }, "denied"],
]);

answers("purposes of the shop's choice", 'data-tcf-purposes="1,7"', { purposes: [1, 7] }, [
  ["both", { purposes: [1, 7] }, "granted"],
  ["the usual ones, without 7", { purposes: [1, 3, 4] }, "denied"],
]);

answers("Meta as provider 89 of the Additional Consent string", "", { addtlConsent: "2~89~dv." }, [
  ["no such string", {}, "granted"],
  ["consented", { addtlConsent: "2~43.46.89.1301~dv.55.61" }, "granted"],
  ["consented, first", { addtlConsent: "2~89.1301~dv." }, "granted"],
  ["version 1", { addtlConsent: "1~43.46.89" }, "granted"],
  ["not consented", { addtlConsent: "2~43.46.1301~dv.55.61" }, "denied"],
  ["disclosed only", { addtlConsent: "2~43.46~dv.55.89" }, "denied"],
  ["ids that contain 89", { addtlConsent: "2~189.890.1089~dv." }, "denied"],
  ["version 1 without", { addtlConsent: "1~43.189" }, "denied"],
  ["version 89", { addtlConsent: "89~43~dv." }, "denied"],
  ["nobody", { addtlConsent: "2~~dv." }, "denied"],
  ["consented, but not the purposes", { purposes: [1], addtlConsent: "2~89~dv." }, "denied"],
]);

answers("another provider", 'data-tcf-provider="1301"', { addtlConsent: "2~1301~dv." }, [
  ["consented", { addtlConsent: "2~1301~dv.89" }, "granted"],
  ["only 89 consented", { addtlConsent: "2~89~dv.1301" }, "denied"],
]);

answers("a vendor", 'data-tcf-vendor="755"', { vendors: [755] }, [
  ["consented", { vendors: [2, 755] }, "granted"],
  ["another one consented", { vendors: [2] }, "denied"],
  ["in legitimate interest only", { vendors: [] }, "denied"],
  ["consented, but not the purposes", { vendors: [755], purposes: [1, 3] }, "denied"],
  ["consented, but not 89", { vendors: [755], addtlConsent: "2~43~dv.89" }, "denied"],
]);

answers("where GDPR does not apply", 'data-tcf-vendor="755"', { vendors: [755] }, [
  ["no purpose is needed", { gdprApplies: false, purposes: [] }, "granted"],
]);

visiting("case 44: TCF, where GDPR does not apply the answer may hold nothing else", async (world, visit) => {
  await open(world, visit, { head: tcf({ gdprApplies: false, eventStatus: "tcloaded", cmpStatus: "loaded", tcString: "" }), tag: AUTO });
  assert.deepEqual(await consent(visit), ["granted", "tcf"]);
});

visiting("case 44: TCF, useractioncomplete changes it, both ways", async (world, visit) => {
  await open(world, visit, { head: tcf(tcData({ purposes: [], eventStatus: "tcloaded" })), tag: AUTO, library: "recorder" });
  await visit.twin("track", "Lead");
  assert.deepEqual(await consent(visit), ["denied", "tcf"]);
  await assertSilent(world, visit);
  // The visitor opens the platform's window again; what it shows meanwhile decides nothing.
  await set(visit, tcData({ purposes: [], eventStatus: "cmpuishown" }));
  await visit.twin("track", "Contact");
  await set(visit, tcData({ eventStatus: "useractioncomplete" }));
  await becomes(visit, "granted", "tcf");
  await called(visit, "trackSingle", PIXEL_ID, "Contact");
  await visit.twin("flush");
  assert.deepEqual(posted(world).map(({ event_name }) => event_name), ["Lead", "Contact"]);
  assert.notDeepEqual(await stored(visit), []);

  await set(visit, tcData({ purposes: [1], eventStatus: "useractioncomplete" }));
  await becomes(visit, "denied", "tcf");
  assert.deepEqual(await stored(visit), []);
  assert.deepEqual((await calls(visit)).at(-1), ["consent", "revoke"]);
});

visiting("case 44: TCF, its window on the first visit is no answer yet", async (world, visit) => {
  await open(world, visit, { head: tcf(tcData({ eventStatus: "cmpuishown" })), tag: AUTO });
  await visit.twin("track", "Lead");
  assert.deepEqual(await consent(visit), ["unknown", "tcf"]);
  await assertSilent(world, visit);
  await set(visit, tcData({ eventStatus: "useractioncomplete" }));
  await conversion(world, "Lead", "deduplicated");
});

visiting("case 44: TCF, the platform comes after some events", async (world, visit) => {
  await open(world, visit, { tag: AUTO });
  const id = await visit.twin("track", "Lead");
  assert.deepEqual(await consent(visit), ["unknown", "none"]);
  await assertSilent(world, visit);
  await visit.page.evaluate(inPage.tcfApi, tcData(), true);
  // No event follows that could make it look.
  await becomes(visit, "granted", "tcf");
  assert.equal((await conversion(world, "Lead", "deduplicated")).event_id, id);
});

visiting("case 44: TCF, a stub that never answers keeps everything waiting; a platform that takes its place is heard", async (world, visit) => {
  await open(world, visit, { head: stubOfTcf(), tag: AUTO });
  await visit.twin("track", "Lead");
  assert.deepEqual(await consent(visit), ["unknown", "tcf"]);
  await assertSilent(world, visit);
  // However often it looks, it asks no more.
  const kept = () => visit.page.evaluate(() => (window.kept = __tcfapi()).length);
  const asked = await kept();
  assert.ok(asked > 0);
  for (let time = 0; time < 3; time++) await consent(visit);
  assert.equal(await kept(), asked);
  // As platforms do it: their function takes the stub's place and does what the stub has kept.
  await visit.page.evaluate(inPage.tcfApi, tcData(), true);
  await visit.page.evaluate(() => {
    for (const call of window.kept) __tcfapi(...call);
  });
  await becomes(visit, "granted", "tcf");
  await conversion(world, "Lead", "deduplicated");
});

const full = tcData();
/** @type {[what: string, answer: unknown, success?: boolean][]} */
const MALFORMED = [
  ["null", null],
  ["a string", "CQAAAAAQAAAAAAfAAAENAAFgAAAAAAAAAAAAAAAAAAAA"],
  ["an empty object", {}],
  ["a failure", full, false],
  ["no purposes", { ...full, purpose: undefined }],
  ["purposes that are null", { ...full, purpose: null }],
  ["consents as text", { ...full, purpose: { consents: "1,3,4" } }],
  ["a status of none", { ...full, eventStatus: undefined }],
  ["an unknown status", { ...full, eventStatus: "TCLOADED" }],
];

visiting("case 44: TCF, a malformed answer is no answer, and does no harm", async (world, visit) => {
  for (const [what, answer, success = true] of MALFORMED) {
    await open(world, visit, { head: tcf(answer, success), tag: AUTO });
    await visit.twin("track", "Lead", {}, { eventId: what });
    assert.ok((await until("a listener", () => visit.page.evaluate(() => cmp.asked))) > 0, what);
    assert.deepEqual(await consent(visit), ["unknown", "tcf"], what);
    await assertSilent(world, visit);
    await set(visit, full);
    await becomes(visit, "granted", "tcf");
    await until(what, async () => (await world.conversions()).some(({ event_id, status }) => event_id === what && status === "deduplicated"));
    await visit.twin("consent", "revoke");
    world.proxy.seen.length = 0;
  }
});

visiting("case 44: TCF, an answer or an API that throws does no harm", async (world, visit) => {
  await open(world, visit, { head: tcf(full), tag: AUTO });
  assert.deepEqual(await consent(visit), ["granted", "tcf"]);
  await visit.page.evaluate(() => {
    const answer = { eventStatus: "useractioncomplete", gdprApplies: true, cmpStatus: "loaded" };
    Object.defineProperty(answer, "purpose", { get: () => { throw new Error("no purpose"); } });
    cmp.set(answer);
  });
  assert.deepEqual(await consent(visit), ["unknown", "tcf"]);
  await set(visit, { ...full, addtlConsent: 89 });
  assert.notEqual((await consent(visit))[0], "granted");
  await open(world, visit, { head: "<script>window.__tcfapi=function(){throw new Error('no API')}</script>", tag: AUTO });
  await visit.twin("track", "Lead");
  assert.equal((await consent(visit))[0], "unknown");
  assert.equal(went(world, "Lead"), false);
});
