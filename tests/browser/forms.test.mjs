/**
 * `autoIdentify` in a real browser: what is read of a shop's forms, and what never is.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/run.mjs";
import { sha256 } from "./support/shopping.mjs";
import { until } from "./support/until.mjs";
import { conversion, PIXEL_ID, startWorld } from "./support/world.mjs";

/** @typedef {import("./support/world.mjs").Visit} Visit */

/** @type {import("./support/world.mjs").World} */
let world;
before(async () => {
  world = await startWorld();
});
after(() => world?.stop());

/** @param {string} name @param {(visit: Visit) => Promise<void>} body */
function visiting(name, body) {
  test(name, async () => {
    await world.reset();
    const visit = await world.visit();
    try {
      await body(visit);
      assert.deepEqual(visit.errors, []);
    } finally {
      await visit.leave();
    }
  });
}

/** Opens a page of the shop's origin with these fields. @param {Visit} visit @param {string} body @param {string} [head] */
async function open(visit, body, head = "") {
  world.proxy.answer(`${world.shop.url}/form`, { type: "text/html", body: `<!doctype html><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,">${head}<body>${body}` });
  await visit.page.goto(`${world.shop.url}/form`);
}

/** The page with the part alone, which notes what it hands over. @param {Visit} visit @param {string} body */
async function watch(visit, body) {
  await open(visit, body);
  await visit.page.evaluate(async () => {
    const page = /** @type {any} */ (window);
    const { default: forms } = await import(/** @type {string} */ (`${location.origin}/twin-forms.js`));
    page.handed = [];
    page.forms = forms;
    page.end = forms((/** @type {unknown} */ user) => page.handed.push(user));
    addEventListener("submit", (event) => event.preventDefault());
  });
}

/** All that the part has handed over. @param {Visit} visit @returns {Promise<any[]>} */
const handed = (visit) => visit.page.evaluate(() => /** @type {any} */ (window).handed);
/** What it says now. @param {Visit} visit */
const said = async (visit) => (await handed(visit)).at(-1);

/** Types into a field and leaves it. @param {Visit} visit @param {string} selector @param {string} text */
async function fill({ page }, selector, text) {
  await page.type(selector, text);
  await page.keyboard.press("Tab");
}

visiting("a checkout by its autocomplete tokens, typed field by field", async (visit) => {
  await watch(
    visit,
    `<form><input name=a autocomplete="section-red billing email"><input name=b autocomplete="billing mobile tel"><input name=c autocomplete="billing given-name">
     <input name=d autocomplete="billing family-name"><input name=e autocomplete="billing street-address"><input name=f autocomplete="billing address-level2"><input name=g autocomplete="billing address-level1">
     <input name=h autocomplete="billing postal-code"><select name=i autocomplete="billing country"><option value="">…<option value=DE>Germany<option value=US>USA</select>
     <input name=j autocomplete=bday><input name=k autocomplete="SEX webauthn"></form>`,
  );
  const typed = { a: "Maria@Example.com", b: "+49 221 555 0199", c: "María", d: "Löwe", e: "Domkloster 4", f: "Köln", g: "NW", h: "50667", j: "1990-05-15", k: "female" };
  for (const [name, text] of Object.entries(typed)) await fill(visit, `[name=${name}]`, text);
  await visit.page.select("[name=i]", "DE");
  assert.deepEqual(await said(visit), { em: typed.a, ph: typed.b, fn: typed.c, ln: typed.d, ct: typed.f, st: typed.g, zp: typed.h, country: "DE", db: typed.j, ge: typed.k });
  // A field that is left as it was says nothing new.
  const count = (await handed(visit)).length;
  await visit.page.focus("[name=a]");
  await visit.page.focus("[name=b]");
  assert.equal((await handed(visit)).length, count);
});

/** Fields as the usual shops name them, and what they are. @type {Record<string, [html: string, expected: Record<string, string>][]>} */
const SHOPS = {
  Shopify: [
    [`<input name="checkout[email]" value="a@b.co">`, { em: "a@b.co" }],
    [`<input name="checkout[shipping_address][first_name]" value="Eva"><input name="checkout[shipping_address][last_name]" value="Ley">`, { fn: "Eva", ln: "Ley" }],
    [`<input name="customer[first_name]" value="Eva"><input type=email name="customer[email]" id=RegisterForm-email value="a@b.co">`, { fn: "Eva", em: "a@b.co" }],
    [`<input name="address[zip]" value="90210"><select name="address[province]"><option>California</select><select name=countryCode><option value=US>United States</select>`, { zp: "90210", st: "California", country: "US" }],
    [`<input name=postalCode value="50667"><input name=city value="Köln"><select name=zone><option value=BE>Berlin</select>`, { zp: "50667", ct: "Köln", st: "BE" }],
  ],
  WooCommerce: [
    [`<input name=billing_email type=email value="a@b.co"><input name=billing_phone type=tel value="0049 170 1234567 8"><input name=billing_first_name value="Eva"><input name=billing_last_name value="Ley">`, { em: "a@b.co", ph: "0049 170 1234567 8", fn: "Eva", ln: "Ley" }],
    [`<input name=billing_city value="Köln"><input name=billing_postcode value="50667"><select name=billing_country><option value=DE selected>Germany</select><select name=billing_state><option value="DE-NW">NRW</select>`, { ct: "Köln", zp: "50667", country: "DE", st: "NW" }],
    [`<input name=account_email value="a@b.co"><input name=account_first_name value="Eva">`, { em: "a@b.co", fn: "Eva" }],
  ],
  Magento: [
    [`<input name=firstname value="Eva"><input name=lastname value="Ley"><input name=city value="Austin"><input name=postcode value="78701"><input name=telephone type=tel value="+1 650 555 0100">`, { fn: "Eva", ln: "Ley", ct: "Austin", zp: "78701", ph: "+1 650 555 0100" }],
    [`<select name=region_id><option value="">Please select<option value=57 selected>Texas</select><select name=country_id><option value=US>United States</select>`, { st: "Texas", country: "US" }],
    [`<input type=email id=customer-email name=username value="a@b.co">`, { em: "a@b.co" }],
  ],
  PrestaShop: [
    [`<input name=firstname value="Eva"><select name=id_country><option value=8>France</select><select name=id_state><option value=0>-<option value=12>Texas</select>`, { fn: "Eva", country: "France" }],
    [`<input name=birthday value="15.05.1990"><label><input type=radio name=id_gender value=1> Mr</label><label><input type=radio name=id_gender value=2 checked> Mrs</label>`, { db: "15.05.1990", ge: "Mrs" }],
  ],
  Shopware: [
    [`<input name="billingAddress[firstName]" value="Eva"><input name="billingAddress[zipcode]" value="50667"><input name="billingAddress[city]" value="Köln"><input name="billingAddress[phoneNumber]" value="0221 5550199">`, { fn: "Eva", zp: "50667", ct: "Köln", ph: "0221 5550199" }],
    [`<select name="billingAddress[countryId]"><option value="0187c1a9">Germany</select><select name="billingAddress[countryStateId]"><option value="0187c1b0">Bavaria</select>`, { country: "Germany", st: "Bavaria" }],
    [`<input id=personalMail value="a@b.co">`, { em: "a@b.co" }],
  ],
  "OXID and JTL, in German": [
    [`<input name="invadr[oxuser__oxfname]" value="Eva"><input name="invadr[oxuser__oxlname]" value="Ley"><input name="invadr[oxuser__oxzip]" value="50667"><input name="invadr[oxuser__oxcity]" value="Köln">`, { fn: "Eva", ln: "Ley", zp: "50667", ct: "Köln" }],
    [`<input name=vorname value="Eva"><input name=nachname value="Ley"><input name=plz value="50667"><input name=ort value="Köln"><select name=land><option>Deutschland</select>`, { fn: "Eva", ln: "Ley", zp: "50667", ct: "Köln", country: "Deutschland" }],
    [`<label>E-Mail-Adresse <input name=f1 value="a@b.co"></label><label for=x2>Geburtsdatum</label><input id=x2 value="15.5.1990"><input placeholder="Vor- und Nachname" value="Eva Maria Ley">`, { em: "a@b.co", db: "15.5.1990", fn: "Eva Maria", ln: "Ley" }],
  ],
  "labels in French and Spanish": [
    [`<label>Prénom <input name=f1 value="Eva"></label><label>Nom <input name=f2 value="Ley"></label><label>Ville <input name=f3 value="Lyon"></label><label>Code postal <input name=f4 value="69001"></label><label>Pays <select name=f5><option value=FR>France</select></label>`, { fn: "Eva", ln: "Ley", ct: "Lyon", zp: "69001", country: "FR" }],
    [`<input aria-label="Correo electrónico" value="a@b.co"><input aria-label="Apellidos" value="Ley"><input aria-label="Ciudad" value="Madrid"><input aria-label="Código postal" value="28001"><input aria-label="Teléfono móvil" value="+34 600 000 000">`, { em: "a@b.co", ln: "Ley", ct: "Madrid", zp: "28001", ph: "+34 600 000 000" }],
  ],
  "fields in parts": [
    [`<input name=fullName value="Eva de la Ley">`, { fn: "Eva de la", ln: "Ley" }],
    [`<input autocomplete=name value="Eva">`, { fn: "Eva" }],
    [`<input autocomplete=name value="Someone Else"><input autocomplete=given-name value="Eva">`, { fn: "Eva", ln: "Else" }],
    [`<select autocomplete="tel-country-code"><option value=DE>Germany (+49)</select><input autocomplete="tel-national" value="0221 5550199">`, { ph: "+492215550199" }],
    [`<input autocomplete="billing postal-code" value="11111"><input autocomplete="shipping postal-code" value="22222"><input name=shipping_city value="Bonn"><input name=billing_city value="Köln">`, { zp: "11111", ct: "Köln" }],
    [`<input type=tel value="+1 650 555 0100">`, { ph: "+1 650 555 0100" }],
  ],
};

for (const [shop, pages] of Object.entries(SHOPS)) {
  visiting(`fields as named by ${shop}, filled in already`, async (visit) => {
    for (const [html, expected] of pages) {
      await watch(visit, `<form>${html}</form>`);
      assert.deepEqual(await handed(visit), [expected], html);
    }
  });
}

/** What must never be handed over. Each would be sound as the field that it stands in: nothing but the field's nature keeps it out. */
const CANARY = "canary@secret.example";
const NAME = "Canary";
const DIGITS = "411111111111";
const CARD = "4111111111111111";

/** What must never be read. `#` is where the address goes. */
const NEVER = [
  `<input type=password #>`,
  `<input type=password name=email autocomplete=email #>`,
  `<input type=text name=email autocomplete="current-password" #>`,
  `<input type=text name=password #>`,
  `<input name=email_password #>`,
  `<label>Passwort (E-Mail-Konto) <input name=x #></label>`,
  `<input type=hidden name=email #>`,
  `<input type=search name=email #>`,
  `<input name=email style="display:none" #>`,
  `<div hidden><input name=email #></div>`,
  `<div aria-hidden=true><input name=email #></div>`,
  `<input name=email disabled #>`,
  `<fieldset disabled><input name=email #></fieldset>`,
  `<textarea name=email>${CANARY}</textarea>`,
  `<input name=email autocomplete="one-time-code" #>`,
  `<input name=email autocomplete="section-a shipping cc-name" #>`,
  `<input name=card_holder_email #>`,
  `<label>Name <input name=cc_name value=${NAME}></label>`,
  `<input name=city autocomplete=organization value=${NAME}>`,
  `<input name=email_otp #>`,
  `<input placeholder="Security code" name=email #>`,
  `<form role=search><input name=email #></form>`,
  `<input name=q placeholder="Search products" #>`,
  `<input name=recipient_email #>`,
  `<input name=emergency_contact_email #>`,
  `<label>E-mail of your friend <input name=z #></label>`,
  `<input name="properties[Gift card email]" #>`,
  `<input name=company value=${NAME}>`,
  `<input name=note value=${NAME}>`,
  `<input name=username autocomplete=username value=${NAME}>`,
  `<input name=first_name autocomplete="additional-name" value=${NAME}>`,
  `<label>City <input name="friend[address]" value=${NAME}></label>`,
  `<label>Place of birth: city <input name=x3 value=${NAME}></label>`,
  `<input type=url name=email #>`,
  `<input type=checkbox name=email checked #>`,
  `<input type=radio name=email checked #>`,
  `<input type=date name=delivery_date value=2026-12-24>`,
  ...["cc-number", "cc-csc", "cc-exp", "one-time-code", "tel-extension", "bday-year", "transaction-amount", "address-line1"].map((token) => `<input type=tel name=phone autocomplete="${token}" value="${DIGITS}">`),
  ...["cardnumber", "card-no", "ccnumber", "cvv", "cvc2", "iban", "pin", "fax", "otp", "sms_code", "Kreditkartennummer", "expiry", "ssn"].map((name) => `<input type=tel name="${name}" value="${DIGITS}">`),
  `<input type=tel name=field_3 value="${CARD}">`,
  `<input type=tel name=phone value="${CARD}">`,
  `<label>Numéro de carte <input type=tel name=x1 value="${DIGITS}"></label>`,
  `<label>Kartennummer <input type=tel name=x2 value="${DIGITS}"></label>`,
].map((html) => html.replace("#", `value="${CANARY}"`));

visiting("case 53: passwords, cards, codes, hidden fields and other people's are never read: not filled in, not typed, not submitted", async (visit) => {
  for (const html of NEVER) {
    // Before it one that is read, so that there is something to be handed over with.
    await watch(visit, `<form><input name=mail value="a@b.co">${html.includes("<form") ? "" : html}<button>Go</button></form>${html.includes("<form") ? html : ""}`);
    await visit.page.evaluate(() => {
      for (const field of document.querySelectorAll("input,textarea,select")) for (const type of ["input", "change", "blur"]) field.dispatchEvent(new Event(type, { bubbles: type !== "blur" }));
      for (const form of document.forms) form.requestSubmit();
    });
    assert.deepEqual(await handed(visit), [{ em: "a@b.co" }], html);
  }
  // The canaries would have been seen.
  await watch(visit, `<form><input name=email value="${CANARY}"><input type=tel name=phone value="${DIGITS}"></form>`);
  assert.deepEqual(await handed(visit), [{ em: CANARY, ph: DIGITS }]);
});

visiting("case 53: of a form with a password the e-mail address is read and nothing else, also while the password is shown", async (visit) => {
  for (const password of [`<input type=password value="${CANARY}">`, `<input type=text name=passwd value="${CANARY}">`, `<input autocomplete="New-Password" value="${CANARY}">`]) {
    await watch(visit, `<form><input name=firstname value=Eva><input type=email name=email value="a@b.co"><input name=phone value="+1 650 555 0100">${password}</form><form><input name=zip value=50667></form>`);
    assert.deepEqual(await handed(visit), [{ em: "a@b.co", zp: "50667" }], password);
  }
  // One that nobody sees makes no account form: a checkout that offers an account only when asked.
  await watch(visit, `<form><input name=firstname value=Eva><input type=password style="display:none" value="${CANARY}"></form>`);
  assert.deepEqual(await handed(visit), [{ fn: "Eva" }]);
});

visiting("another site's form in a frame is none of ours", async (visit) => {
  world.proxy.answer("https://other.example/", { type: "text/html", body: "<!doctype html><meta charset=utf-8><title>other</title><form><input name=email></form>" });
  await watch(visit, `<iframe src="https://other.example/"></iframe><input name=zip>`);
  const frame = await visit.page.waitForFrame("https://other.example/");
  await frame.type("[name=email]", CANARY);
  await fill(visit, "[name=zip]", "50667");
  assert.deepEqual(await handed(visit), [{ zp: "50667" }]);
});

visiting("a form that comes later is read, and what is gone with its step is still known", async (visit) => {
  // With something after it: from the last field the Tab key leaves the page.
  await watch(visit, "<main></main><button>Next</button>");
  assert.deepEqual(await handed(visit), []);
  const step = (/** @type {string} */ html) => visit.page.evaluate((/** @type {string} */ html) => void (/** @type {Element} */ (document.querySelector("main")).innerHTML = html), html);
  await step("<input name=email>");
  await fill(visit, "[name=email]", "a@b.co");
  await step("<input name=city><select name=country><option value=''>…<option value=DE>Germany</select>");
  await fill(visit, "[name=city]", "Bonn");
  await visit.page.select("[name=country]", "DE");
  assert.deepEqual(await said(visit), { em: "a@b.co", ct: "Bonn", country: "DE" });
});

visiting("half a value, an empty one and no value at all wipe nothing", async (visit) => {
  await watch(visit, `<form><input name=email value="a@b.co"><input name=city value=Bonn><input name=phone value="12"></form>`);
  for (const name of ["email", "city"]) {
    await visit.page.click(`[name=${name}]`, { count: 3 });
    await visit.page.keyboard.press("Backspace");
    await visit.page.keyboard.press("Tab");
  }
  await fill(visit, "[name=email]", "nobody@");
  assert.deepEqual(await handed(visit), [{ em: "a@b.co", ct: "Bonn" }]);
  await fill(visit, "[name=email]", "example.com");
  assert.deepEqual((await said(visit)).em, "nobody@example.com");
});

visiting("Enter submits, and what no event has told before is read then", async (visit) => {
  await watch(visit, "<form><input name=email><input name=zip></form>");
  await visit.page.type("[name=email]", "a@b.co");
  await visit.page.keyboard.press("Enter");
  assert.deepEqual(await said(visit), { em: "a@b.co" });
  // As password managers and scripts fill fields in.
  await visit.page.evaluate(() => {
    const form = /** @type {any} */ (document.forms[0]);
    form.zip.value = "50667";
    form.requestSubmit();
  });
  assert.deepEqual(await said(visit), { em: "a@b.co", zp: "50667" });
});

visiting("a field in an open shadow root is read when the visitor leaves it", async (visit) => {
  await watch(visit, "<shop-field></shop-field><input id=next>");
  await visit.page.evaluate(() => void (/** @type {Element} */ (document.querySelector("shop-field")).attachShadow({ mode: "open" }).innerHTML = "<input name=email>"));
  await visit.page.type(">>> [name=email]", "a@b.co");
  await visit.page.focus("#next");
  assert.deepEqual(await said(visit), { em: "a@b.co" });
});

visiting("a page that is still loading is read when it is there", async (visit) => {
  await watch(visit, "");
  const found = await visit.page.evaluate(() => {
    const page = /** @type {any} */ (window);
    const { forms } = page;
    document.open();
    document.write("<!doctype html><title>shop</title>");
    /** @type {unknown[]} */
    const handed = [];
    forms((/** @type {unknown} */ user) => handed.push(user));
    document.write("<input name=email value='a@b.co'>");
    const early = handed.length;
    return new Promise((resolve) => {
      document.addEventListener("DOMContentLoaded", () => resolve([early, handed]));
      document.close();
    });
  });
  assert.deepEqual(found, [0, [{ em: "a@b.co" }]]);
});

visiting("once it is ended nothing is read, and the page's own oddities throw nothing", async (visit) => {
  await watch(visit, `<form><input name=email><input name=querySelectorAll><input name=elements></form><odd-field></odd-field>`);
  await visit.page.evaluate(() => {
    const field = /** @type {HTMLInputElement} */ (document.querySelector("[name=elements]"));
    Object.defineProperty(field, "type", { get() { throw new Error("page"); } });
    for (const target of [window, document, document.body, field]) for (const type of ["change", "blur", "submit"]) target.dispatchEvent(new Event(type));
  });
  await fill(visit, "[name=email]", "a@b.co");
  await visit.page.evaluate("end()");
  await fill(visit, "[name=email]", "m");
  assert.deepEqual(await handed(visit), [{ em: "a@b.co" }]);
});

const STUB = "<script>window.twin=window.twin||function(){(twin.q=twin.q||[]).push(arguments)}</script>";
const tag = (/** @type {string} */ attributes) => `${STUB}<script async src="/twin.js" data-pixel-id="${PIXEL_ID}" data-endpoint="/twin/events" data-pixel-script="${world.standin.url.replace("127.0.0.1", "localhost")}/en_US/fbevents.js" ${attributes}></script>`;

/** Waits until an event of that name carries these hashes; sends one after the other, as the part comes when it comes. @param {Visit} visit @param {string} field @param {string} hash */
const knows = (visit, field, hash) =>
  until(`a known ${field}`, async () => {
    await visit.twin("track", "Lead");
    await visit.twin("flush");
    return world.proxy.seen.find((request) => world.isEndpoint(request) && request.body.includes(hash));
  });

visiting("with autoIdentify the server twin has the customer, hashed, and of canaries not even the hash", async (visit) => {
  await open(
    visit,
    `<form><input name=email><input name=phone value="+49 221 555 0199"><input name=card_holder_email value="${CANARY}"><input type=hidden name=email value="${CANARY}">
     <input autocomplete=one-time-code type=tel value="${DIGITS}"></form><form><input type=password name=email value="${CANARY}"></form>`,
    tag("data-auto-identify"),
  );
  await visit.ready();
  await knows(visit, "ph", sha256("492215550199"));
  await visit.twin("identify", { external_id: "u1", ph: "+1 650 555 0100" });
  await fill(visit, "[name=email]:not([type])", "Maria@Example.com");
  await visit.twin("track", "Purchase", { value: 1, currency: "EUR" }, { orderId: "A1" });
  const { user_data } = (await conversion(world, "Purchase", "deduplicated")).server;
  assert.equal(user_data.em, sha256("maria@example.com"));
  // What the shop itself says comes before what its fields say.
  assert.deepEqual([user_data.external_id, user_data.ph], [sha256("u1"), sha256("16505550100")]);
  const wire = JSON.stringify([world.proxy.seen, await visit.storage(), await visit.cookies()]);
  for (const text of ["aria@", CANARY, sha256(CANARY), DIGITS, sha256(DIGITS), "2215550199"]) assert.ok(!wire.toLowerCase().includes(text), text);
});

visiting("without consent no field is read; a revoke forgets what was", async (visit) => {
  await open(visit, `<form><input name=email value="a@b.co"></form>`, tag('data-auto-identify="true" data-consent="required"'));
  await visit.ready();
  await visit.twin("track", "Contact");
  const part = () => world.proxy.seen.filter(({ url }) => url.endsWith("/twin-forms.js")).length;
  assert.equal(part(), 0);
  await visit.twin("consent", "grant");
  await knows(visit, "em", sha256("a@b.co"));
  assert.equal(part(), 1);
  await visit.twin("consent", "revoke");
  await visit.page.evaluate(() => document.forms[0]?.remove());
  await visit.twin("consent", "grant");
  await visit.twin("track", "Purchase", { value: 1, currency: "EUR" }, { orderId: "A2" });
  assert.equal((await conversion(world, "Purchase", "deduplicated")).server.user_data.em, undefined);
});

visiting("without autoIdentify the part is not even loaded", async (visit) => {
  for (const attributes of ["", 'data-auto-identify="false"']) {
    await open(visit, `<form><input name=email value="a@b.co"></form>`, tag(attributes));
    await visit.ready();
    await visit.twin("track", "Lead");
    await visit.twin("flush");
  }
  await until("two leads", async () => (await world.conversions()).filter((row) => row.event_name === "Lead" && row.server).length === 2);
  for (const { url, body } of world.proxy.seen) assert.ok(!url.includes("twin-forms") && !body.includes(sha256("a@b.co")), url);
});

visiting("the npm module loads its part from beside it", async (visit) => {
  for (const file of ["index.js", "forms.js"]) world.proxy.answer(`${world.shop.url}/npm/${file}`, { type: "text/javascript; charset=utf-8", body: await readFile(path.join(root, "dist", file), "utf8") });
  await open(visit, "<form><input name=email value='a@b.co'></form>");
  await visit.page.evaluate(
    async (/** @type {object} */ options) => {
      const { createTwin } = await import(/** @type {string} */ (`${location.origin}/npm/index.js`));
      const twin = await createTwin(options);
      /** @type {any} */ (window).twin = (/** @type {string} */ method, /** @type {any[]} */ ...args) => args.pop()(twin[method](...args));
    },
    { pixelId: PIXEL_ID, endpoint: "/twin/events", autoIdentify: true, pixelScript: `${world.standin.url.replace("127.0.0.1", "localhost")}/en_US/fbevents.js` },
  );
  await knows(visit, "em", sha256("a@b.co"));
});
