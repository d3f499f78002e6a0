// The page of the stand-in in a real browser: what it shows, live and when the stand-in is gone.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { purchase, startBrowser, startStandin } from './support.mjs';

let standin, browser, page, problems;

before(async () => {
  standin = await startStandin();
  browser = await startBrowser();
});
after(async () => {
  await browser.close();
  await standin.stop();
});
beforeEach(async () => {
  await standin.reset();
  page = await browser.newPage();
  problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
});
afterEach(async () => {
  await page.close();
  assert.deepEqual(problems, []);
});

async function open(address = '/', url = standin.url) {
  await page.goto(url + address);
  await state('live');
}

const state = (name) => page.waitForSelector(`#state[data-state="${name}"]`);
const rows = (selector = '#rows > li') => page.$$eval(selector, (items) => items.map(({ dataset }) => [dataset.eventName, dataset.eventId, dataset.status].join(' ')));
const row = (id, status) => page.waitForSelector(`[data-event-id="${id}"][data-status="${status}"]`);
const counter = (name) => page.$eval(`[data-counter="${name}"] dd`, (element) => element.textContent);

test('an empty page says what to do and links to the shop', async () => {
  await open('/?shop=http://localhost:3000/');
  assert.match(await page.$eval('#empty', (element) => element.innerText), /Buy something in the demo shop/);
  assert.equal(await page.$eval('#shop', (link) => link.hidden ? null : link.href), 'http://localhost:3000/');
  await open('/?shop=javascript:alert(1)');
  assert.equal(await page.$eval('#shop', (link) => link.hidden), true);
});

test('a pair appears as it happens and is counted once', async () => {
  await open();
  await standin.pixel({ ev: 'Purchase', eid: 'order_1', 'cd[value]': '59.90', 'cd[currency]': 'EUR' });
  await row('order_1', 'browser only');
  await standin.send([purchase()]);
  await row('order_1', 'deduplicated');
  assert.deepEqual(await rows(), ['Purchase order_1 deduplicated']);
  assert.deepEqual([await counter('counted'), await counter('deduplicated'), await counter('browser_only')], ['1', '1', '0']);
  assert.match(await page.title(), /^1 counted/);
  assert.equal(await page.$eval('#empty', (element) => element.hidden), true);
});

test('a row opens by keyboard and compares both messages', async () => {
  await standin.pixel({ ev: 'Purchase', eid: 'order_1', dl: 'https://shop.example/thanks', 'cd[value]': '59.90', 'cd[currency]': 'USD' });
  await standin.send([purchase()]);
  await open();
  await page.focus('#rows summary');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.detail');
  const compared = await page.$$eval('[data-field]', (lines) => Object.fromEntries(lines.map(({ dataset }) => [dataset.field, dataset.compared])));
  const { event_id: id, event_source_url: url, value, currency, em } = compared;
  assert.deepEqual({ id, url, value, currency, em }, { id: 'same', url: 'same', value: 'same', currency: 'different', em: 'single' });
  await standin.send([purchase()]);
  await page.waitForFunction(() => /1 repeat/.test(document.querySelector('#rows').innerText));
  assert.equal(await page.$eval('#rows details', (details) => details.open), true);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'SUMMARY');
});

test('the time of a message stays inside its lane', async () => {
  await open();
  await standin.pixel({ ev: 'Purchase', eid: 'order_1' });
  await row('order_1', 'browser only');
  for (const width of [1280, 900, 360]) {
    await page.setViewport({ width, height: 800 });
    assert.deepEqual(await page.$$eval('.lane', (lanes) => lanes.filter((lane) => lane.scrollWidth > lane.clientWidth).map((lane) => lane.innerText)), [], `${width} wide`);
  }
});

test('nothing from the wire becomes markup', async () => {
  await open();
  const evil = '<img src=x onerror="document.title=1">';
  await standin.pixel({ ev: evil, eid: evil, dl: evil, [`cd[${evil}]`]: evil });
  await page.waitForSelector('#rows > li');
  await page.click('#rows summary');
  await page.waitForSelector('.detail');
  assert.equal(await page.$$eval('#rows img', (images) => images.length), 0);
  assert.equal(await page.$eval('#rows strong', (name) => name.textContent), evil);
});

test('refused requests have a list of their own, with code and meaning', async () => {
  await open();
  await standin.send([purchase({ custom_data: { value: 1 } })]);
  const entry = await page.waitForSelector('#refused-list [data-code="100"][data-subcode="2804010"]');
  assert.match(await entry.evaluate((element) => element.textContent), /A Purchase needs a currency/);
  assert.equal(await counter('refused_requests'), '1');
  assert.deepEqual(await rows(), []);
});

test('the filter shows one event name, also live', async () => {
  await standin.pixel({ ev: 'Lead', eid: 'l1' });
  await standin.pixel({ ev: 'Purchase', eid: 'p1' });
  await open();
  await page.select('#filter', 'Lead');
  await page.waitForFunction(() => document.querySelectorAll('#rows > li').length === 1);
  await standin.pixel({ ev: 'Purchase', eid: 'p2' });
  await standin.pixel({ ev: 'Lead', eid: 'l2' });
  await row('l2', 'browser only');
  assert.deepEqual(await rows(), ['Lead l2 browser only', 'Lead l1 browser only']);
  await page.select('#filter', '');
  await page.waitForFunction(() => document.querySelectorAll('#rows > li').length === 4);
  assert.deepEqual((await rows()).map((text) => text.split(' ')[1]), ['l2', 'p2', 'p1', 'l1']);
});

test('a paused page stands still and catches up', async () => {
  await standin.pixel({ ev: 'Lead', eid: 'l1' });
  await open();
  await page.click('#pause');
  await standin.pixel({ ev: 'Lead', eid: 'l2' });
  await page.waitForFunction(() => document.querySelector('#pause').textContent === 'Resume (1 new)');
  assert.equal((await rows()).length, 1);
  await page.click('#pause');
  await row('l2', 'browser only');
  assert.equal(await counter('counted'), '2');
});

test('Clear forgets everything', async () => {
  await standin.pixel({ ev: 'Lead', eid: 'l1' });
  await open();
  await page.click('#clear');
  await page.waitForSelector('#empty:not([hidden])');
  assert.deepEqual([await rows(), await counter('counted'), await standin.conversions()], [[], '0', []]);
});

test('with a thousand rows on the screen the oldest go and the counters count all', async () => {
  await open();
  await standin.pixel({ ev: 'Lead', eid: 'first' });
  await standin.send(Array.from({ length: 1000 }, (_, number) => purchase({ event_id: `order_${number}` })));
  await row('order_999', 'server only');
  assert.equal((await rows()).length, 1000);
  assert.equal(await counter('counted'), '1,001');
  assert.equal(await page.$('[data-event-id="first"]'), null);
  // A change of a row that has left the screen does not bring it back on top.
  await standin.send([purchase({ event_name: 'Lead', event_id: 'first', custom_data: {} })]);
  await page.waitForFunction(() => document.querySelector('[data-counter="deduplicated"] dd').textContent === '1');
  assert.equal((await rows())[0], 'Purchase order_999 server only');
});

test('without the live stream the page polls', async () => {
  await page.setRequestInterception(true);
  page.on('request', (request) => (request.url().endsWith('/__sim/stream') ? request.abort() : request.continue()));
  await page.goto(standin.url);
  await state('polling');
  await standin.pixel({ ev: 'Lead', eid: 'l1' });
  await row('l1', 'browser only');
});

test('a lost connection is said, and a new one is found', async () => {
  const other = await startStandin();
  await other.pixel({ ev: 'Lead', eid: 'l1' });
  await open('/', other.url);
  await other.stop();
  await state('lost');
  assert.match(await page.$eval('#lost', (element) => (element.hidden ? '' : element.innerText)), /connection to the stand-in is lost/);
  assert.equal((await rows()).length, 1);
  const again = await startStandin({ port: other.port });
  await state('live');
  assert.deepEqual([await rows(), await page.$eval('#lost', (element) => element.hidden)], [[], true]);
  await again.stop();
});

test('the page asks nobody but the stand-in', async () => {
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url())));
  await open();
  assert.ok(asked.length > 5);
  assert.deepEqual(asked.filter((url) => url.protocol !== 'data:' && url.origin !== standin.url), []);
});

for (const width of [360, 390, 780, 1240, 1600]) {
  test(`nothing sticks out at ${width} pixels`, async () => {
    await page.setViewport({ width, height: 800 });
    await standin.pixel({ ev: 'PurchaseOfSomethingWithAVeryLongNameIndeedAndMore', eid: 'x'.repeat(200), dl: `https://shop.example/${'y'.repeat(300)}` });
    await standin.send([purchase({ event_id: 'x'.repeat(200) })]);
    await standin.send([{}]);
    await open();
    await page.click('#rows summary');
    await page.waitForSelector('.detail');
    const [content, visible] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(content <= visible, `${content} > ${visible}`);
  });
}
