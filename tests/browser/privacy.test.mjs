/**
 * Case 52: a canary's data in every input of a page, and none of it raw in anything that leaves the page or stays behind.
 *
 * A name or a street looks like any other text. Where the place gives neither away (a path, an event's name), only what
 * can be told by its form is planted: e-mail address, phone and card number.
 */

import assert from "node:assert/strict";
import { CANARY, found, leaks, LISTENING } from "./support/canary.mjs";
import { byEngine, DIFFERENCES } from "./support/engines/differences.mjs";
import { call, lead, setStage } from "./support/stage.mjs";

const stage = setStage();
const { visiting, open, serve, twins } = stage;
/** @typedef {import("./support/stage.mjs").Visit} Visit */

const { email, phone, first_name, last_name, address, card } = CANARY;
const encode = encodeURIComponent;
/** All of it in a query, under names as shops use them, and what has a form of its own also under a name that says nothing. */
const QUERY = `email=${encode(email)}&phone=${encode(phone)}&first_name=${first_name}&last_name=${last_name}&address=${encode(address)}&card_number=${encode(card)}&x=${encode(email)}&y=${encode(phone)}&z=${encode(card)}&z2=${card.replaceAll(" ", "")}&next=${encode(`/a?email=${encode(email)}`)}&utm_source=shop`;

/** Opens a page with all tellers on, and every event on both sides. @param {Visit} visit @param {string} [rest] of the address @param {import("./support/stage.mjs").Page} [page] */
const openPage = (visit, rest = "", page = {}) => open(visit, serve(`${visit.origin}/page`, { ...page, head: LISTENING + (page.head ?? ""), data: { debug: "", routing: "all", remember: "true", ...page.data } }) + rest);

/** Something has gone out on both sides, and nothing raw with it. @param {Visit} visit @returns {Promise<any>} the twins of a last event */
async function nothingRaw(visit) {
  const row = await twins(await lead(visit));
  await visit.twin("flush");
  const modules = byEngine(DIFFERENCES.moduleReferrer, { chromium: undefined, firefox: undefined, webkit: /^referer of GET \/twin-\w+\.js: / });
  assert.deepEqual((await leaks(stage.world, visit)).filter((leak) => !modules?.test(leak)), []);
  return row;
}

visiting("the search finds what is planted, in every place and notation", async (visit) => {
  for (const text of Object.values(CANARY)) {
    for (const form of [text, text.toUpperCase(), encode(text), encode(encode(text)), encode(text).replaceAll("%20", "+"), text.replaceAll(" ", ""), text.replaceAll(" ", "-"), ...["", "a", "ab"].map((before) => btoa(`${before}${text}!`)), ...["", "a", "ab"].map((before) => encode(btoa(`{"em":"${before}${text.toLowerCase()}"}`)))]) {
      assert.equal(found(`before ${form} after`).length, 1, form);
    }
  }
  assert.deepEqual(found("canary wharf, fb.1.1700000000000.1515550 4111"), []);
  await openPage(visit);
  await visit.page.evaluate(async ({ email, phone, first_name, last_name, address, card }) => {
    await fetch(`/planted?a=${encodeURIComponent(email)}`, { method: "POST", headers: { "x-planted": btoa(phone) }, body: JSON.stringify({ first_name }) });
    document.cookie = `planted=${last_name}`;
    localStorage["planted"] = btoa(`x${address}`);
    localStorage[card] = "planted";
    console.info("planted", { email });
  }, CANARY);
  visit.failedLoads();
  assert.deepEqual(await leaks(stage.world, visit), [
    "address of POST /planted: email", "body of POST /planted: first_name", "console: email", "cookie of localhost: last_name", "storage key: card", "storage: address", "x-planted of POST /planted: phone",
  ]);
});

visiting("case 52: in an event's user", async (visit) => {
  await openPage(visit);
  const user = { em: email, ph: phone, fn: first_name, ln: last_name, ct: address, zp: card, external_id: email, street: address, card, email, [email]: email };
  const row = await twins(await call(visit, "track", "Contact", {}, { user }));
  assert.equal(row.server.user_data.em.length, 64);
  await nothingRaw(visit);
});

visiting("case 52: in an event's user, under the wrong keys and in lists", async (visit) => {
  await openPage(visit);
  await twins(await call(visit, "track", "Contact", {}, { user: { em: [phone, `${first_name} <${email}>`], ph: [email, card], fn: [email], ge: first_name, db: phone, country: address, st: last_name, external_id: [card] } }));
  await nothingRaw(visit);
});

visiting("case 52: in what identify() takes and remembers", async (visit) => {
  await openPage(visit);
  await call(visit, "identify", { em: email, ph: phone, fn: first_name, ln: last_name, ct: address, external_id: card, address, card, [phone]: phone });
  const row = await nothingRaw(visit);
  assert.equal(row.server.user_data.em.length, 64);
  await openPage(visit);
  await nothingRaw(visit);
});

visiting("case 52: in an event's parameters, by form", async (visit) => {
  await openPage(visit);
  const said = `${email}, ${phone}, ${card}`;
  await twins(await call(visit, "track", "Contact", { content_name: email, search_string: `mail to ${email}`, status: phone, order_id: email, note: said, list: [said], contents: [{ id: "a", title: said }], nested: { deep: { said } }, content_ids: [email], [email]: 1, [phone]: 1 }));
  await nothingRaw(visit);
});

visiting("case 52: in an event's parameters, by name", async (visit) => {
  await openPage(visit);
  await twins(await call(visit, "track", "Contact", { email, phone, first_name, last_name, name: `${first_name} ${last_name}`, address, card_number: card, customer: { email, phone, first_name, lastName: last_name, street: address, card } }));
  await nothingRaw(visit);
});

visiting("case 52: in an event's name and its ids", async (visit) => {
  await openPage(visit);
  for (const text of [email, phone, card, `Lead ${email}`]) await call(visit, "track", text);
  for (const text of [email, phone, card]) {
    await call(visit, "track", "Contact", {}, { eventId: text });
    await call(visit, "track", "Contact", {}, { orderId: text });
  }
  await nothingRaw(visit);
});

visiting("case 52: in options and methods that do not exist", async (visit) => {
  await openPage(visit, "", { data: { email, "pixel-id": `1234567890,${phone}`, routes: JSON.stringify({ [email]: "both", Lead: email }) } });
  await call(visit, "track", "Contact", {}, { [email]: 1, routing: email });
  for (const args of [[email], ["consent", email], ["hash", email, phone], ["track"]]) await call(visit, /** @type {string} */ (args[0]), ...args.slice(1));
  await nothingRaw(visit);
});

visiting("case 52: in the query of the page's address, which the Pixel reads itself", async (visit) => {
  await openPage(visit, `?${QUERY}&fbclid=AbC`);
  const row = await nothingRaw(visit);
  assert.equal(row.server.event_source_url, `${visit.origin}/page?utm_source=shop&fbclid=AbC`);
  assert.equal(row.browser.params.dl, `${visit.origin}/page?utm_source=shop&fbclid=AbC`);
  // For the shop it is as it was.
  assert.equal(await visit.page.evaluate(() => location.search), `?${QUERY}&fbclid=AbC`);
});

visiting("case 52: in the hash of the page's address", async (visit) => {
  await openPage(visit, `#/account?${QUERY}`);
  const row = await nothingRaw(visit);
  assert.equal(row.server.event_source_url, `${visit.origin}/page`);
});

visiting("case 52: in the path of the page's address", async (visit) => {
  for (const text of [email, phone, card, card.replaceAll(" ", "")]) {
    const url = serve(`${visit.origin}/account/${encode(text)}/orders`, { head: LISTENING, data: { debug: "", routing: "all" } });
    await open(visit, url);
    const row = await nothingRaw(visit);
    assert.equal(row.server.event_source_url, `${visit.origin}/account/_/orders`);
  }
});

visiting("case 52: in the referrer", async (visit) => {
  const before = `${visit.origin}/before`;
  serve(before, { tag: false, body: `<a href="${serve(`${visit.origin}/page`, { head: LISTENING, data: { debug: "", routing: "all" } })}">on</a>` });
  await visit.page.goto(`${before}?${QUERY}`);
  await Promise.all([visit.page.waitForNavigation(), visit.page.click("a")]);
  await visit.ready();
  assert.equal(await visit.page.evaluate(() => document.referrer), `${before}?${QUERY}`);
  const row = await nothingRaw(visit);
  assert.equal(row.server.referrer_url, `${before}?utm_source=shop`);
});

const ALL = Object.values(CANARY).join(", ");
const FIELDS = [["email", "email", email], ["tel", "tel", phone], ["text", "given-name", first_name], ["text", "family-name", last_name], ["text", "street-address", address], ["text", "cc-number", card], ["password", "current-password", email], ["hidden", "off", phone]];
const FORM = `<form action="/checkout" method="post">${FIELDS.map(([type, autocomplete, value]) => `<input type="${type}" autocomplete="${autocomplete}" name="${autocomplete}" value="${value}">`).join("")}<button>Send</button></form>`;

visiting("case 52: in the page's title, text and meta data", async (visit) => {
  await openPage(visit, "", { head: `<title>${ALL}</title><meta name="description" content="${ALL}"><meta property="og:title" content="${ALL}"><script type="application/ld+json">${JSON.stringify({ name: ALL })}</script>`, body: `<h1>${ALL}</h1>` });
  await nothingRaw(visit);
});

for (const autoIdentify of ["false", "true"]) {
  visiting(`case 52: in form fields, filled and sent, auto-identify ${autoIdentify}`, async (visit) => {
    await openPage(visit, "", { body: FORM, data: { "auto-identify": autoIdentify } });
    await visit.page.evaluate(() => {
      for (const field of document.querySelectorAll("input")) for (const type of ["input", "change", "blur"]) field.dispatchEvent(new Event(type, { bubbles: true }));
    });
    await nothingRaw(visit);
    serve(`${visit.origin}/checkout`, { head: LISTENING, data: { debug: "", routing: "all", remember: "true", "auto-identify": autoIdentify } });
    await Promise.all([visit.page.waitForNavigation(), visit.page.click("button")]);
    await visit.ready();
    await nothingRaw(visit);
  });
}

for (const calls of ["", "twin('dataLayer');"]) {
  visiting(`case 52: in the dataLayer${calls && ", which the companion is told to read"}`, async (visit) => {
    const order = { event: "purchase", user_data: { email, phone_number: phone, address: { first_name, last_name, street: address } }, user_id: email, ecommerce: { transaction_id: email, value: 1, currency: "USD", coupon: card, items: [{ item_id: email, item_name: `Mug ${card}`, affiliation: phone }] } };
    await openPage(visit, "", { head: `<script>window.dataLayer=[${JSON.stringify(order)},{event:"${email}"}];function gtag(){dataLayer.push(arguments)}gtag("consent","default",{ad_storage:"granted",ad_user_data:"granted"});gtag("set","user_data",{email:"${email}"})</script>`, calls, data: { consent: calls ? "granted" : "auto" } });
    await visit.page.evaluate((/** @type {object} */ order) => /** @type {any} */ (window).dataLayer.push(order), order);
    await nothingRaw(visit);
  });
}
