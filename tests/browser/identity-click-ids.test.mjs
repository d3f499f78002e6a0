/**
 * fbclid → fbc: which click id counts, wherever it stands, and what the cookie and both twins make of it.
 */

import assert from "node:assert/strict";
import { byEngine, DIFFERENCES } from "./support/engines/differences.mjs";
import { cookie, ids, lead, setStage } from "./support/stage.mjs";

const stage = setStage();
const { visiting, open, serve, twins } = stage;

/** As real ones are: base64url, with capitals. */
const CLICK = "IwZXh0bgNhZW0CMTAAYnJpZBExQXhTR0-_vK9~xQ";
/** Meta's libraries take up to 500 characters. */
const LONGEST = "Ab3_".repeat(125);

/**
 * The payload of the fbc that a landing page leads to; `undefined`: none.
 * @type {{ name: string, address: string, payload?: string }[]}
 */
const ADDRESSES = [
  { name: "in the query", address: `?fbclid=${CLICK}`, payload: CLICK },
  { name: "among other parameters", address: `?utm_source=x&fbclid=${CLICK}&y=1`, payload: CLICK },
  { name: "in the hash", address: `#fbclid=${CLICK}`, payload: CLICK },
  { name: "in a hash route", address: `#/product/7?size=m&fbclid=${CLICK}`, payload: CLICK },
  { name: "in query and hash: the first counts", address: `?fbclid=First1#fbclid=Second2`, payload: "First1" },
  { name: "twice: the first counts", address: "?fbclid=First1&fbclid=Second2", payload: "First1" },
  { name: "with dots", address: "?fbclid=a.B.c", payload: "a__DOT__B__DOT__c" },
  { name: "of 500 characters", address: `?fbclid=${LONGEST}`, payload: LONGEST },
  { name: "of 501 characters", address: `?fbclid=${LONGEST}x` },
  { name: "of 10,000 characters", address: `?fbclid=${"Ab3_".repeat(2500)}` },
  { name: "empty", address: "?fbclid=&x=1" },
  { name: "without a value", address: "?fbclid" },
  { name: "named in capitals", address: `?FBCLID=${CLICK}` },
  { name: "as the end of another name", address: `?xfbclid=${CLICK}` },
  { name: "as the start of another name", address: `?fbclid2=${CLICK}` },
  ...Object.entries({
    "a space": "ab%20cd", "a plus sign": "ab+cd", "a slash": "ab/cd", "an equals sign": "ab=cd", "a semicolon": "ab;cd",
    "a comma": "ab,cd", "quotation marks": "ab%22cd", "markup": "%3Cimg%20src=x%3E", "an umlaut": "ab%C3%A4", "U+0000": "ab%00cd",
    "a line break": "ab%0D%0ASet-Cookie:%20x=y", "a broken escape": "%E0%A4%A", "only a percent sign": "%",
  }).map(([what, value]) => ({ name: `with ${what} in it`, address: `?fbclid=${value}` })),
];

for (const { name, address, payload } of ADDRESSES) {
  visiting(`case 33: fbclid ${name}`, async (visit) => {
    await open(visit, serve("/landing") + address);
    const before_ms = Date.now();
    const { fbc } = ids(await twins(await lead(visit)));
    assert.equal(await cookie(visit, "_fbc"), fbc);
    if (payload === undefined) return assert.equal(fbc, undefined);
    const [, time_ms] = /^fb\.0\.(\d{13})\./.exec(fbc) ?? [];
    assert.equal(fbc, `fb.0.${time_ms}.${payload}`);
    assert.ok(Math.abs(before_ms - Number(time_ms)) < 60_000, "the time is the click's, in ms");
  });
}

visiting("case 33: fbclid in the referrer", async (visit) => {
  await followLink(visit, `${before(visit)}/go?fbclid=${CLICK}`);
  const { fbc } = ids(await twins(await lead(visit)));
  if (byEngine(DIFFERENCES.referrer, { chromium: false, firefox: true, webkit: false })) return assert.equal(fbc, undefined);
  assert.match(fbc, new RegExp(`^fb\\.0\\.\\d{13}\\.${CLICK}$`));
  assert.equal(await cookie(visit, "_fbc"), fbc);
});

visiting("case 33: fbclid in the page's address goes before one in the referrer", async (visit) => {
  await followLink(visit, `${before(visit)}/go?fbclid=FromReferrer`, "?fbclid=FromAddress");
  const { fbc } = ids(await twins(await lead(visit)));
  assert.match(fbc, /\.FromAddress$/);
});

visiting("case 33: over 500 characters no fbc goes out, also not an older one, whose cookie stays", async (visit) => {
  await open(visit, serve("/landing") + "?fbclid=Older");
  const older = ids(await twins(await lead(visit))).fbc;
  assert.match(older, /\.Older$/);
  await open(visit, serve("/landing") + `?fbclid=${LONGEST}x`);
  assert.equal(ids(await twins(await lead(visit))).fbc, undefined);
  assert.equal(await cookie(visit, "_fbc"), older);
});

visiting("case 33: an empty fbclid leaves the older fbc in force", async (visit) => {
  await open(visit, serve("/landing") + "?fbclid=Older");
  const older = ids(await twins(await lead(visit))).fbc;
  await open(visit, serve("/landing") + "?fbclid=");
  assert.equal(ids(await twins(await lead(visit))).fbc, older);
});

visiting("case 33: fbclid that the shop takes out of the address before the Pixel is there still counts", async (visit) => {
  await open(visit, serve("/landing", { calls: "twin('track','Search')" }) + `?fbclid=${CLICK}`);
  await visit.page.evaluate(() => history.replaceState(null, "", "/clean"));
  const { fbc } = ids(await twins(await lead(visit)));
  assert.match(fbc, new RegExp(`\\.${CLICK}$`));
});

/** Where a visitor comes from: only Chromium tells another site's whole address, the others that of the same origin. @param {import("./support/stage.mjs").Visit} visit */
const before = (visit) => byEngine(DIFFERENCES.referrer, { chromium: "http://ads.example", firefox: visit.origin, webkit: visit.origin });

/** Comes to the shop by a link on another host, with the whole address as referrer. @param {import("./support/stage.mjs").Visit} visit @param {string} from @param {string} [address] */
async function followLink(visit, from, address = "") {
  serve(new URL(from).origin + new URL(from).pathname, { tag: false, head: '<meta name="referrer" content="unsafe-url">', body: `<a href="${serve("/landing")}${address}">shop</a>` });
  await visit.page.goto(from);
  await Promise.all([visit.page.waitForNavigation(), visit.page.click("a")]);
  await visit.ready();
  assert.equal(await visit.page.evaluate(() => document.referrer), byEngine(DIFFERENCES.referrer, { chromium: from, firefox: `${new URL(from).origin}/`, webkit: from }));
}
