// The relay's status page in a real browser: who may see it, what it shows live, and what it says of trouble.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { file, statusPage } from '../../../../scripts/status-page.mjs';
import { EM, PIXEL, startBrowser, startStandin, USER_AGENT } from '../../../standin/tests/browser/support.mjs';

const BINARY = process.env.TWIN_RELAY ?? fileURLToPath(new URL('../../../../target/debug/twin-relay', import.meta.url));
const TOKEN = 'a-long-admin-token-of-the-test';

let standin, relay, browser, page, problems;

async function startRelay(graph) {
  const data = await mkdtemp(path.join(tmpdir(), 'twin-relay-'));
  const env = { PATH: process.env.PATH, TWIN_PIXEL_ID: PIXEL, TWIN_ACCESS_TOKEN: 'EAABtesttoken', TWIN_GRAPH_BASE: graph, TWIN_LISTEN: '127.0.0.1:0', TWIN_DATA_DIR: data, TWIN_ADMIN_LISTEN: '127.0.0.1:0', TWIN_ADMIN_TOKEN: TOKEN, TWIN_LOG_LEVEL: 'error' };
  const child = spawn(BINARY, ['serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [url, office] = await new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (text) => {
      const found = [...(out += text).matchAll(/http:\S+/g)].map(([address]) => address);
      if (found.length === 2) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the relay ended with ${code}`)));
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return { url, office, stop: async () => {
    child.kill();
    await ended;
    await rm(data, { recursive: true });
  } };
}

before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());
beforeEach(async () => {
  standin = await startStandin();
  relay = await startRelay(standin.url);
  page = await (await browser.createBrowserContext()).newPage();
  problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
});
afterEach(async () => {
  await page.browserContext().close();
  await relay.stop();
  await standin.stop();
  assert.deepEqual(problems, []);
});

const post = (event_id, user = {}, changes = {}) =>
  fetch(`${relay.url}/twin/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': USER_AGENT },
    body: JSON.stringify({ data: [{ event_name: 'Purchase', event_time: Math.floor(Date.now() / 1000), event_id, action_source: 'website', user_data: { fbp: 'fb.1.1790000000000.1234567890', ...user }, custom_data: { value: 9.5, currency: 'EUR' }, ...changes }] }),
  });

const state = (name) => page.waitForSelector(`#state[data-state="${name}"]`);
const event = (id, fate) => page.waitForSelector(`#events [data-event-id="${id}"][data-fate="${fate}"]`);
const counter = (name, text) => page.waitForFunction((selector, text) => document.querySelector(selector)?.textContent === text, {}, `[data-counter="${name}"] dd`, text);
const text = (selector) => page.$eval(selector, (element) => element.innerText);

async function open(token = TOKEN) {
  await page.goto(relay.office);
  await page.waitForSelector('#login:not([hidden])');
  await page.type('#token', token);
  await page.keyboard.press('Enter');
}

test('the page that ships is the one that its parts make', async () => {
  assert.equal(await readFile(file, 'utf8'), await statusPage(), 'run: node scripts/status-page.mjs');
});

test('without the token there is nothing to see', async () => {
  await post('order_1');
  await open('wrong');
  await page.waitForSelector('#login-problem:not([hidden])');
  assert.match(await text('#login-problem'), /not the relay’s admin token/);
  assert.equal(await page.$eval('#board', (board) => board.hidden), true);
  assert.doesNotMatch(await page.content(), /order_1/);
  for (const path of ['/status', '/status/stream', '/status/meta']) assert.equal((await fetch(relay.office + path)).status, 401, path);
  // A tab that was let in stays so after a reload.
  await page.$eval('#token', (input) => (input.value = ''));
  await page.type('#token', TOKEN);
  await page.keyboard.press('Enter');
  await state('live');
  await page.reload();
  await state('live');
});

test('an address with the token behind the # lets in, and does not keep it', async () => {
  await page.goto(`${relay.office}/#${TOKEN}`);
  await state('live');
  assert.equal(page.url(), `${relay.office}/`);
});

test('a twin shows as it comes and is delivered, with its fields by name and an estimate', async () => {
  await open();
  await state('live');
  assert.match(await text('#no-events'), /Nothing has come/);
  await post('order_1', { em: EM, client_ip_address: '203.0.113.9' });
  await event('order_1', 'delivered');
  const row = await text('[data-event-id="order_1"]');
  assert.match(row, /✓ Pixel twin/);
  assert.match(row, /match 5\.5/);
  assert.match(row, /client_ip_address client_user_agent em fbp/);
  await post('order_2');
  await event('order_2', 'delivered');
  await counter('delivered', '2');
  await counter('twins', '100 %');
  await page.waitForFunction(() => document.querySelector('#quality .score')?.textContent === '4.5');
  assert.equal(await page.$$eval('#charts canvas', (all) => all.length), 4);
  // Names and ids, but nothing of the customer.
  const all = await (await fetch(`${relay.office}/status`, { headers: { authorization: `Bearer ${TOKEN}` } })).text();
  for (const secret of [EM, '1234567890.', USER_AGENT]) assert.ok(!(await page.content()).includes(secret) && !all.includes(secret), secret);
});

test('a dead letter says why, and its button sends it again', async () => {
  await open();
  await state('live');
  // Meta refuses what our rules can't know: here a fault of the stand-in's.
  await fetch(`${standin.url}/__sim/fault`, { method: 'POST', body: JSON.stringify({ name: 'poison', index: 0 }) });
  await post('order_1');
  await page.waitForSelector('#letters [data-letter] button');
  assert.match(await text('#letters'), /Purchase[\s\S]*order_1[\s\S]*rejected[\s\S]*code 100/);
  await event('order_1', 'dead');
  await counter('dead', '1');
  assert.match(await text('#errors'), /Meta refuses one event for what it holds/);
  await page.click('#letters button');
  await event('order_1', 'delivered');
  await page.waitForSelector('#no-letters:not([hidden])');
  await counter('dead', '0');
});

test('a token that Meta refuses is an alarm in plain words, and a relay that is gone is said so', async () => {
  await open();
  await state('live');
  await fetch(`${standin.url}/__sim/fault`, { method: 'POST', body: JSON.stringify({ name: 'token_expired', for_ms: 3_600_000 }) });
  await post('order_1');
  await page.waitForSelector('[data-illness="token"]');
  assert.match(await text('#alarms'), /does not take the access token. Everything is kept/);
  await counter('waiting', '1');
  await relay.stop();
  await state('lost');
  assert.match(await text('#state'), /does not answer/);
  relay = { stop: () => {} };
});

test('Meta’s own figures stand beside the estimate', async () => {
  await fetch(`${standin.url}/__sim/quality`, { method: 'POST', body: JSON.stringify({ Purchase: 7.4 }) });
  await post('order_1', { em: EM });
  // Meta is asked when the page opens, and not again for ten minutes.
  for (let seen = []; seen.length === 0; seen = await standin.conversions());
  await open();
  await page.waitForFunction(() => /Purchase: 7.4 of 10/.test(document.querySelector(`[data-pixel]`)?.innerText ?? ''));
});
