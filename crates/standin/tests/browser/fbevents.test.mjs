// The Pixel script stand-in in a real browser: what a page can tell, and what arrives.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EM, startBrowser, startShop, startStandin } from './support.mjs';

let standin, shop, browser;

before(async () => {
  standin = await startStandin({ args: ['--same-source', 'count'] });
  shop = await startShop(standin.url);
  browser = await startBrowser();
});
after(async () => {
  await browser.close();
  shop.stop();
  await standin.stop();
});

/**
 * Opens a shop page that runs `code` behind the base code, then `later` in it when the script is ready.
 * Waits for `expect` events, and then for one more request of the page, so that what should not arrive has had its time.
 */
async function visit({ code, later = () => null, host = 'localhost', address = '', cookies = [], by = browser, expect }) {
  await standin.reset();
  const context = await by.createBrowserContext();
  const page = await context.newPage();
  const warnings = [];
  page.on('console', (message) => message.type() === 'warn' && warnings.push(message.text()));
  page.on('pageerror', (error) => warnings.push(`ERROR ${error}`));
  const site = `http://${host}:${shop.port}/`;
  await page.setCookie(...cookies.map(([name, value]) => ({ name, value, url: site, domain: `.${host.replace(/^www\./, '')}` })));
  await page.goto(`${site}?code=${encodeURIComponent(code)}${address}`);
  await page.waitForFunction(() => window.fbq.callMethod);
  const value = await page.evaluate(later);
  await waitFor(async () => (await standin.conversions()).length >= expect);
  await page.goto(`${standin.url}/tr/`);
  const arrived = await standin.conversions();
  const cookiesAfter = Object.fromEntries((await page.cookies(site)).map((cookie) => [cookie.name, cookie]));
  await context.close();
  const events = arrived.map(({ pixel_id: pixel, event_name: name, event_id: id }) => [pixel, name, id].join(' ').trim()).sort();
  return { rows: arrived, events, value, warnings, cookies: cookiesAfter };
}

async function waitFor(condition) {
  for (const end = Date.now() + 10_000; ;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** fb.1.1795000000000.12345678901234567 → fb.1.T.N */
const shape = (value) => value.replace(/\.\d{13}\./, '.T.').replace(/\.\d{9,18}$/, '.N');
const days = (cookie) => Math.round((cookie.expires - Date.now() / 1000) / 86_400);

test('calls made before the script came are replayed, and PageView goes out once', async () => {
  const { events, warnings } = await visit({
    code: `fbq('init','111');fbq('track','PageView');fbq('track','PageView');fbq('track','Purchase',{value:1},{eventID:'order_1'})`,
    expect: 2,
  });
  assert.deepEqual(events, ['111 PageView', '111 Purchase order_1']);
  assert.deepEqual(warnings, []);
});

test('a small event is a GET with the parameters of the library', async () => {
  const { rows: [{ browser: event }] } = await visit({
    code: `fbq('init','111');fbq('trackSingle','111','Purchase',{value:10.5,currency:'EUR',contents:[{id:'a'}],none:null},{eventID:'order_1'})`,
    expect: 1,
  });
  assert.equal(event.method, 'GET');
  assert.deepEqual(event.custom_data, { value: '10.5', currency: 'EUR', contents: [{ id: 'a' }] });
  assert.deepEqual(event.lints, []);
  const { params } = event;
  assert.deepEqual([params.v, params.rqm, params.tm, params.coo, params.if], ['2.9.standin', 'GET', '1', 'false', 'false']);
  for (const name of ['id', 'ev', 'eid', 'dl', 'rl', 'ts', 'sw', 'sh', 'it', 'fbp']) assert.ok(name in params, name);
});

test('a large event is a multipart POST', async () => {
  const { rows: [row] } = await visit({ code: `fbq('init','111');fbq('track','Lead',{big:'x'.repeat(3000)},{eventID:'big'})`, expect: 1 });
  assert.deepEqual([row.event_id, row.browser.method, row.browser.params.rqm], ['big', 'POST', 'SB']);
  assert.equal(row.browser.custom_data.big.length, 3000);
});

test('user data arrives hashed, hashes pass through, the rest is left out', async () => {
  const { rows: [{ browser: event }] } = await visit({
    code: `fbq('init','111',{em:' John_Smith@gmail.com ',ph:'+1 (650) 555-1212',fn:'${EM.toUpperCase()}',ln:['x'],ct:null,st:''});fbq('track','Lead',{},{eventID:'a'})`,
    expect: 1,
  });
  const { fbp, ...hashed } = event.user_data;
  const phone = 'e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176';
  assert.deepEqual(hashed, { fn: EM, em: EM, ph: phone });
  assert.equal(fbp, event.fbp);
});

test('new cookies go to the domain that the browser takes, and its index says which', async () => {
  for (const [host, domain, index] of [['www.shop.example', '.shop.example', 1], ['a.shop.co.uk', '.shop.co.uk', 2], ['localhost', 'localhost', 0], ['127.0.0.1', '127.0.0.1', 3]]) {
    const { cookies: { _fbp: fbp, _fbc: fbc }, rows } = await visit({
      code: `fbq('init','111');fbq('track','Lead')`, host, address: '&fbclid=IwAR1.x-Y_z~9', expect: 1,
    });
    assert.deepEqual([fbp.domain, shape(fbp.value)], [domain, `fb.${index}.T.N`]);
    assert.deepEqual([fbc.domain, shape(fbc.value)], [domain, `fb.${index}.T.IwAR1__DOT__x-Y_z~9`]);
    for (const cookie of [fbp, fbc]) assert.deepEqual([days(cookie), cookie.sameSite, cookie.secure, cookie.httpOnly], [90, 'Lax', false, false]);
    assert.deepEqual([rows[0].browser.fbp, rows[0].browser.fbc], [fbp.value, fbc.value]);
  }
});

test('valid cookies are adopted, others replaced', async () => {
  const host = 'www.shop.example';
  const code = `fbq('init','111');fbq('track','Lead')`;
  const fbp = 'fb.1.1700000000000.123456789.AQYBAQAA';
  const fbc = 'fb.1.1700000000000.OldClick.AQ';
  const adopted = await visit({ code, host, cookies: [['_fbp', fbp], ['_fbc', fbc]], expect: 1 });
  assert.deepEqual([adopted.cookies._fbp.value, adopted.cookies._fbc.value], [fbp, fbc]);
  assert.equal(days(adopted.cookies._fbp), 90);
  const replaced = await visit({ code, host, address: '#/thanks?fbclid=NewClick', cookies: [['_fbp', 'nonsense'], ['_fbc', fbc]], expect: 1 });
  assert.deepEqual([shape(replaced.cookies._fbp.value), shape(replaced.cookies._fbc.value)], ['fb.1.T.N', 'fb.1.T.NewClick.AQ']);
  const same = await visit({ code, host, address: '&fbclid=OldClick', cookies: [['_fbc', fbc]], expect: 1 });
  assert.equal(same.cookies._fbc.value, fbc);
  const tooLong = await visit({ code, host, address: `&fbclid=${'a'.repeat(501)}`, cookies: [['_fbc', fbc]], expect: 1 });
  assert.equal(tooLong.rows[0].browser.fbc, null);
});

test('after a revoke everything waits, and a grant replays it', async () => {
  const { events, value } = await visit({
    code: `fbq('consent','revoke');fbq('init','111');fbq('track','Lead',{},{eventID:'a'})`,
    later: () => {
      const look = () => [fbq.queue.length, fbq.instance.locks.isLocked(), document.cookie, '111' in fbq.instance.configsLoaded];
      const revoked = look();
      fbq('consent', 'grant');
      return [revoked, [fbq.queue.length, fbq.instance.locks.isLocked(), '111' in fbq.instance.configsLoaded]];
    },
    expect: 1,
  });
  assert.deepEqual(value, [[2, true, '', false], [0, false, true]]);
  assert.deepEqual(events, ['111 Lead a']);
  const queued = await visit({
    code: `fbq('consent','revoke');fbq('init','111');fbq('track','Lead',{},{eventID:'a'});fbq('consent','grant');fbq('track','Lead',{},{eventID:'b'})`,
    expect: 2,
  });
  assert.deepEqual(queued.events, ['111 Lead a', '111 Lead b']);
});

test('several pixels, every form of event id, and what is dropped', async () => {
  const { events, value, warnings } = await visit({
    code: `fbq('init','111');fbq('init','222',{em:'a@b.co'});fbq('init','222',{em:'c@d.co'});
fbq('trackSingle','222','PageView',{},{eventID:'v1'});fbq('trackSingle','222','PageView',{},{event_id:'v2'});
fbq('trackSingleCustom','111','Mine',{},{eventID:7});fbq('trackSingle','333','Lead');fbq('nonsense');fbq('set','autoConfig',false);
fbq('track','Lead',{},{eventID:{eventID:'u'}})`,
    later: () => [fbq.version, fbq.getState().pixels, fbq.queue.length],
    expect: 5,
  });
  assert.deepEqual(events, ['111 Lead u', '111 Mine 7', '222 Lead u', '222 PageView v1', '222 PageView v2']);
  assert.deepEqual(value, ['2.9.standin', [
    { id: '111', agent: null, eventCount: 2, userData: {} },
    { id: '222', agent: null, eventCount: 3, userData: { em: 'a@b.co' } },
  ], 0]);
  assert.deepEqual(warnings.map((text) => /Duplicate|333|nonsense/.exec(text)?.[0]), ['Duplicate', '333', 'nonsense']);
});

test('calls pushed into the queue later are taken, and a throwing parameter hurts nobody', async () => {
  const { events, warnings } = await visit({
    code: `fbq('init','111');fbq('dataProcessingOptions',['LDU'],0,0)`,
    later: () => {
      fbq.queue.push(['track', 'Schedule', {}, { eventID: 'array' }]);
      (function push() { fbq.queue.push(arguments); })('track', 'Donate', {}, { eventID: 'arguments' });
      fbq('track', 'Search', { get bad() { throw new Error('no'); } });
    },
    expect: 2,
  });
  assert.deepEqual(events, ['111 Donate arguments', '111 Schedule array']);
  assert.equal(warnings.length, 1);
});

test('limited data use rides on later events', async () => {
  const { rows } = await visit({
    code: `fbq('init','111');fbq('track','Lead');fbq('dataProcessingOptions',['LDU'],1,1000);fbq('track','Contact');fbq('dataProcessingOptions',[]);fbq('track','Search')`,
    expect: 3,
  });
  const seen = Object.fromEntries(rows.map(({ event_name: name, browser: { params } }) => [name, [params.dpo, params.dpoco, params.dpost]]));
  assert.deepEqual(seen, { Lead: [undefined, undefined, undefined], Contact: ['LDU', '1', '1000'], Search: ['', undefined, undefined] });
});

test('an event fired while the page is left arrives', async () => {
  const { events } = await visit({
    code: `fbq('init','111')`,
    later: () => {
      fbq('track', 'Contact', {}, { eventID: 'leaving' });
      location.href = 'about:blank';
    },
    expect: 1,
  });
  assert.deepEqual(events, ['111 Contact leaving']);
});

test('a headless browser gets its cookies and sends nothing', async () => {
  const headless = await startBrowser({ userAgent: null });
  const { rows, cookies } = await visit({ code: `fbq('init','111');fbq('track','Lead')`, by: headless, expect: 0 });
  await headless.close();
  assert.deepEqual([rows.length, Object.keys(cookies)], [0, ['_fbp']]);
});
