/// <reference path="./support/page-globals.d.ts" />
/**
 * Consent as a shop gives it by hand, from "not yet" to "not any more", and limited data use.
 */

import assert from "node:assert/strict";
import { assertSilent, bare, called, calls, consent, inWorld, open, PATH, post, posted, script, serve, stored, went } from "./support/consent-page.mjs";
import { google } from "./support/signals.mjs";
import { until } from "./support/until.mjs";
import { conversion, PIXEL_ID } from "./support/world.mjs";

const visiting = inWorld();
const REQUIRED = 'data-consent="required"';

/** Notes each touch of what a browser keeps for a page, and tells the network at once: a page may end before it is asked. */
function spies() {
  window.touched = [];
  const watch = (/** @type {object} */ object, /** @type {string} */ name) => {
    let holder = object;
    while (holder && !Object.getOwnPropertyDescriptor(holder, name)) holder = Object.getPrototypeOf(holder);
    const own = holder && Object.getOwnPropertyDescriptor(holder, name);
    if (!own) return;
    /** @param {"get" | "set" | "value"} part */
    const noting = (part) =>
      own[part] && {
        [part](/** @type {unknown[]} */ ...args) {
          touched.push(name);
          navigator.sendBeacon(`/touched?${name}`);
          return own[part].apply(this, args);
        },
      };
    Object.defineProperty(holder, name, { ...own, ...noting("get"), ...noting("set"), ...noting("value") });
  };
  watch(document, "cookie");
  for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches", "cookieStore"]) watch(window, name);
  for (const name of ["getItem", "setItem", "removeItem", "clear", "key", "length"]) watch(Storage.prototype, name);
}

/** Leaves behind what an earlier visit with consent would have. @param {Parameters<typeof serve>[0]} world @param {Parameters<typeof serve>[1]} visit */
async function leaveTraces(world, visit) {
  bare(world, visit, "/bare");
  world.proxy.answer(`${visit.origin}/touched`, { status: 204 });
  await visit.page.goto(`${visit.origin}/bare`);
  await visit.page.evaluate(() => {
    document.cookie = "_fbp=fb.0.1700000000000.123456789; path=/";
    document.cookie = "_fbc=fb.0.1700000000000.Earlier; path=/";
    const event = { event_name: "Earlier", event_time: Math.floor(Date.now() / 1000), event_id: "earlier", action_source: "website", event_source_url: location.href, user_data: { fbp: "fb.0.1700000000000.123456789" } };
    localStorage.setItem(`_twin_o.${Date.now()}.1`, `0 ${JSON.stringify(event)}`);
  });
  world.proxy.seen.length = 0;
  return async () => [await visit.cookies(), await visit.storage()];
}

for (const [mode, tag] of /** @type {const} */ ([["required", REQUIRED], ["required, with adopt and page views of its own,", `${REQUIRED} data-adopt="true" data-page-views="spa"`], ["auto without a signal", 'data-consent="auto"']])) {
  visiting(`case 39: with consent ${mode} and never given, nothing is read, written, loaded or sent`, async (world, visit) => {
    const traces = await leaveTraces(world, visit);
    const before = await traces();
    const page = {
      head: script(spies),
      tag: `${tag} data-auto-identify="true" data-remember="true" data-routing="all"`,
      calls: "twin('track', 'PageView'); twin('identify', { em: 'maria.schmidt@example.com' })",
      body: '<form><input type="email" name="email" autocomplete="email" value="maria.schmidt@example.com"></form>',
    };
    serve(world, visit, { ...page, path: "/next" });
    await open(world, visit, { ...page, query: "?fbclid=Tempting1" });
    for (const routing of ["pixel", "server", "both"]) await visit.twin("track", "Purchase", { value: 1, currency: "USD" }, { orderId: routing, routing, user: { ph: "+1 650 555 0100" } });
    assert.deepEqual(await consent(visit), tag.startsWith(REQUIRED) ? ["unknown", "option"] : ["unknown", "none"]);
    await visit.twin("flush");
    await visit.page.evaluate(() => {
      history.pushState({}, "", "?further");
      for (const type of ["online", "focus", "pageshow"]) dispatchEvent(new Event(type));
      document.dispatchEvent(new Event("visibilitychange"));
    });
    assert.deepEqual(await visit.page.evaluate(() => touched), []);
    // Leaving is a last occasion.
    await visit.open("/next");
    await visit.twin("flush");
    assert.deepEqual(await visit.page.evaluate(() => touched), []);

    const paths = world.proxy.seen.map(({ url }) => (url.startsWith(visit.origin) ? new URL(url).pathname : url));
    // What listens to the page is a part of its own: a file of the shop's that keeps and sends nothing.
    const listening = ["/twin-signals.js", "/twin-adopt.js", "/twin-views.js"];
    assert.deepEqual([...new Set(paths)].filter((path) => tag === REQUIRED || !listening.includes(path)).sort(), [PATH, "/next", "/twin.js"]);
    assert.deepEqual(await traces(), before);
    // The spies do see.
    assert.deepEqual(new Set(await visit.page.evaluate(() => touched)), new Set(["cookie", "localStorage", "sessionStorage"]));
  });
}

visiting("case 40: with consent granted later in the page, its events go with the time and address of the call", async (world, visit) => {
  const clock = script(() => {
    const { now } = Date;
    window.shift_ms = -120_000;
    Date.now = () => now() + window.shift_ms;
  });
  bare(world, visit, "/campaign", `<a href="${PATH}?step=1">in</a>`);
  serve(world, visit, { head: clock, tag: REQUIRED });
  await visit.page.goto(`${visit.origin}/campaign`);
  await Promise.all([visit.page.waitForNavigation(), visit.page.click("a")]);
  await visit.ready();
  const { called_ms, ids } = await visit.page.evaluate(() => {
    const called_ms = Date.now();
    const ids = [twin("track", "Search"), twin("track", "Lead", { value: 1, currency: "USD" }), twin("track", "Purchase", { value: 2, currency: "USD" }, { orderId: "40" })];
    history.pushState({}, "", "?step=2");
    window.shift_ms = 0;
    return { called_ms, ids };
  });
  await visit.twin("consent", "grant");
  const found = [await conversion(world, "Search", "browser only"), await conversion(world, "Lead", "deduplicated"), await conversion(world, "Purchase", "deduplicated")];
  assert.deepEqual(found.map(({ event_id }) => event_id), ids);
  assert.deepEqual(posted(world).map(({ event_name }) => event_name), ["Lead", "Purchase"]);
  for (const { server } of found.slice(1)) {
    assert.ok(Math.abs(server.event_time - called_ms / 1000) <= 1, `${server.event_time} is not ${called_ms}`);
    assert.equal(server.event_source_url, `${visit.origin}${PATH}?step=1`);
    assert.equal(server.referrer_url, `${visit.origin}/campaign`);
  }
});

visiting("case 41: with consent granted on the next page, the earlier page's events are gone", async (world, visit) => {
  await open(world, visit, { tag: REQUIRED });
  await visit.twin("track", "Lead");
  serve(world, visit, { path: "/next", tag: REQUIRED });
  await visit.open("/next");
  await visit.twin("consent", "grant");
  await visit.twin("track", "Contact");
  await conversion(world, "Contact", "deduplicated");
  await visit.twin("flush");
  assert.equal(went(world, "Lead"), false);
});

visiting("case 41: the same if the earlier page was left before twin.js had come", async (world, visit) => {
  for (const tag of [REQUIRED, 'data-consent="auto"']) {
    const script = world.proxy.hold((url) => url.pathname === "/twin.js");
    serve(world, visit, { tag, calls: "twin('track', 'Lead')" });
    await visit.page.goto(visit.origin + PATH, { waitUntil: "domcontentloaded" });
    await until("a request for twin.js", () => script.requests.length > 0);
    bare(world, visit, "/bare");
    await visit.page.goto(`${visit.origin}/bare`);
    script.release();
    assert.deepEqual(await visit.storage(), {});
  }
  // The page after, with consent, has nothing of it.
  await open(world, visit, { path: "/next", calls: "twin('track', 'Contact')" });
  await conversion(world, "Contact", "deduplicated");
  assert.equal(went(world, "Lead"), false);
});

for (const by of ["a call", "a signal"]) {
  visiting(`case 42: a revoke by ${by} in the middle of a page drops and deletes what there is, tells the Pixel, and stops`, async (world, visit) => {
    await open(world, visit, { head: google({ ad_storage: "granted", ad_user_data: "granted" }), tag: 'data-consent="auto" data-remember="true"', library: "recorder", query: "?fbclid=Click1" });
    await visit.page.evaluate(() => {
      localStorage.setItem("cart", "1");
      document.cookie = "shop=1; path=/";
    });
    await visit.twin("identify", { em: "maria.schmidt@example.com" });
    // A backlog: nobody takes the event.
    const unblock = world.proxy.block(world.isEndpoint);
    await visit.twin("track", "Lead");
    await post(world, "Lead");
    await called(visit, "trackSingle", PIXEL_ID, "Lead");
    assert.deepEqual((await stored(visit)).filter((key) => /^_fb|^_twin_o/.test(key)).map((key) => key.replace(/\..*/, "")), ["_fbc", "_fbp", "_twin_o"]);

    if (by === "a call") await visit.twin("consent", "revoke");
    else await visit.page.evaluate(() => gtag("consent", "update", { ad_storage: "denied" }));
    assert.deepEqual(await consent(visit), ["denied", by === "a call" ? "call" : "consent-mode"]);
    assert.deepEqual(await stored(visit), []);
    assert.deepEqual((await calls(visit)).at(-1), ["consent", "revoke"]);
    assert.deepEqual(await visit.page.evaluate(() => [localStorage.getItem("cart"), document.cookie]), ["1", "shop=1"]);

    unblock();
    visit.failedLoads();
    world.proxy.seen.length = 0;
    await visit.twin("track", "Contact");
    await visit.page.evaluate(() => ["online", "pageshow"].forEach((type) => dispatchEvent(new Event(type))));
    await assertSilent(world, visit);
    assert.deepEqual((await calls(visit)).at(-1), ["consent", "revoke"]);

    // Once more consent: after a call nothing comes back; while a signal said no, events waited.
    if (by === "a call") await visit.twin("consent", "grant");
    else await visit.page.evaluate(() => gtag("consent", "update", { ad_storage: "granted" }));
    await visit.twin("track", "Schedule");
    await post(world, "Schedule");
    assert.deepEqual(posted(world).map(({ event_name }) => event_name), by === "a call" ? ["Schedule"] : ["Contact", "Schedule"]);
  });
}

visiting("case 42: a revoke before Meta's library has come leaves it nothing to send or to store, until the next grant", async (world, visit) => {
  const library = world.proxy.hold((url) => url.pathname.endsWith("/fbevents.js"));
  await open(world, visit, { tag: REQUIRED, query: "?fbclid=Click1" });
  await visit.twin("consent", "grant");
  await visit.twin("track", "Search");
  await until("a request for the library", () => library.requests.length > 0);
  await visit.twin("consent", "revoke");
  library.release();
  await visit.page.waitForFunction(() => fbq.callMethod);
  assert.deepEqual(await stored(visit), []);
  await visit.twin("consent", "grant");
  await visit.twin("track", "Contact");
  await conversion(world, "Contact", "deduplicated");
  assert.equal(went(world, "Search"), false);
});

visiting("case 42: a revoke while events wait drops them, and an answer that comes after it brings nothing back", async (world, visit) => {
  await open(world, visit, { tag: REQUIRED, library: "recorder", relay: true });
  await visit.twin("track", "Lead");
  await visit.twin("consent", "revoke");
  await visit.twin("consent", "grant");
  const endpoint = world.proxy.hold((url) => world.isEndpoint(url));
  await visit.twin("track", "Donate");
  await until("the post", () => endpoint.requests.length > 0);
  await visit.twin("consent", "revoke");
  endpoint.release();
  // The relay sets the cookies again with each answer.
  await until("its answer", () => endpoint.requests.every(({ status }) => status !== undefined));
  await visit.twin("flush");
  assert.deepEqual(await stored(visit), []);
  assert.deepEqual(posted(world).map(({ event_name }) => event_name), ["Donate"]);
  assert.equal((await calls(visit)).some((call) => call.includes("Lead")), false);
});

visiting("case 42: a revoke deletes the cookies wherever Meta's library may have put them", async (world, visit) => {
  await open(world, visit, { library: "recorder" });
  await visit.page.evaluate(() => {
    for (const domain of ["", "; domain=www.shop.example", "; domain=shop.example"]) for (const name of ["_fbp", "_fbc"]) document.cookie = `${name}=fb.1.1700000000000.1; path=/${domain}`;
  });
  assert.ok((await visit.cookies()).match(/_fb[pc]=/g)?.length === 6, await visit.cookies());
  await visit.twin("consent", "revoke");
  assert.doesNotMatch(await visit.cookies(), /_fb[pc]/);
}, { origin: "https://www.shop.example" });

for (const when of ["in one task", "one after the other"]) {
  visiting(`case 43: grant, revoke, grant ${when}: what was said last holds, and only what came after it goes`, async (world, visit) => {
    await open(world, visit, { tag: REQUIRED, library: "recorder" });
    const steps = [["track", "Lead"], ["consent", "grant"], ["consent", "revoke"], ["track", "Contact"], ["consent", "grant"], ["track", "Schedule"]];
    if (when === "in one task") await visit.page.evaluate((steps) => steps.forEach((step) => twin(...step)), steps);
    else for (const [method = "", ...args] of steps) await visit.twin(method, ...args);
    await post(world, "Schedule");
    await called(visit, "trackSingle", PIXEL_ID, "Schedule");
    await visit.twin("flush");
    assert.deepEqual(await consent(visit), ["granted", "call"]);
    const names = posted(world).map(({ event_name }) => event_name);
    // What was granted in another task may have left before the revoke.
    assert.deepEqual(names.filter((name) => name !== "Lead"), ["Schedule"]);
    if (when === "in one task") assert.equal(names.includes("Lead"), false);
    assert.equal((await calls(visit)).some((call) => call.includes("Contact")), false);
    const told = (await calls(visit)).filter(([method]) => method === "consent").map(([, decision]) => decision);
    assert.equal(told.at(-1), "grant");
    assert.match(await visit.cookies(), /_fbp=/);
  });
}

visiting("case 43: in the inline stub's list, too, the last word holds", async (world, visit) => {
  await open(world, visit, { tag: REQUIRED, library: "recorder", calls: "twin('track','Lead');twin('consent','grant');twin('consent','revoke');twin('track','Contact')" });
  assert.deepEqual(await consent(visit), ["denied", "call"]);
  await visit.twin("flush");
  assert.deepEqual(await stored(visit), []);
  assert.deepEqual(posted(world), []);
  assert.equal((await calls(visit)).some((call) => call.includes("Contact")), false);
});

visiting("a hundred events wait for consent; of more the oldest go, with a notice", async (world, visit) => {
  await open(world, visit, { tag: `${REQUIRED} data-debug="true"`, library: "recorder" });
  await visit.page.evaluate(() => {
    for (let number = 0; number < 105; number++) twin("track", `E${number}`, {}, { routing: "pixel" });
  });
  const { waitingForConsent } = /** @type {any} */ (await visit.twin("diagnose"));
  assert.equal(waitingForConsent, 100);
  await until("the notice", async () => /** @type {any} */ (await visit.twin("diagnose")).notices.some((/** @type {any} */ { code }) => code === "waiting_full"), () => visit.twin("diagnose"));
  await visit.twin("consent", "grant");
  await called(visit, "trackSingleCustom", PIXEL_ID, "E104");
  const names = (await calls(visit)).filter(([method]) => method === "trackSingleCustom").map(([, , name]) => name);
  assert.deepEqual(names, Array.from({ length: 100 }, (_, place) => `E${place + 5}`));
  assert.equal(/** @type {any} */ (await visit.twin("diagnose")).waitingForConsent, 0);
});

for (const [tag, country, state] of /** @type {const} */ ([["", 0, 0], ['data-data-processing-options-country="1" data-data-processing-options-state="1000"', 1, 1000]])) {
  visiting(`case 51: limited data use is on both twins, country ${country} and state ${state} with it`, async (world, visit) => {
    await open(world, visit, { tag: `data-data-processing-options="LDU" ${tag}` });
    await visit.twin("track", "Lead");
    const { browser, server } = await conversion(world, "Lead", "deduplicated");
    assert.deepEqual([browser.params.dpo, browser.params.dpoco, browser.params.dpost], ["LDU", String(country), String(state)]);
    assert.deepEqual([server.data_processing_options, server.data_processing_options_country, server.data_processing_options_state], [["LDU"], country, state]);
    // Said before init, so that it holds for whatever init sends.
    serve(world, visit, { tag: `data-data-processing-options="LDU" ${tag}`, library: "recorder" });
    await visit.open(PATH);
    await visit.twin("track", "Lead");
    await called(visit, "init", PIXEL_ID);
    const before = (await calls(visit)).slice(0, (await calls(visit)).findIndex(([method]) => method === "init"));
    assert.deepEqual(before.filter(([method]) => method === "dataProcessingOptions"), [["dataProcessingOptions", ["LDU"], country, state]]);
  });
}

visiting("case 51: without the option neither twin says anything of it", async (world, visit) => {
  await open(world, visit, {});
  await visit.twin("track", "Lead");
  const { browser } = await conversion(world, "Lead", "deduplicated");
  assert.deepEqual(Object.keys(browser.params).filter((key) => key.startsWith("dpo")), []);
  assert.deepEqual(Object.keys(await post(world, "Lead")).filter((key) => key.startsWith("data_processing")), []);
});
