// The demo shop over HTTP, without a browser: inline scripts are run in a bare VM to see the calls they make.
import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import vm from 'node:vm';
import { Cart } from './cart.mjs';
import { money, PRODUCTS } from './catalog.mjs';
import { literal } from './html.mjs';
import { Orders } from './orders.mjs';
import { startShop } from './server.mjs';

/** @typedef {{ method: string, url: string, headers: http.IncomingHttpHeaders, body: string }} Seen */
/** @typedef {any[]} Call */

/** @type {Seen[]} */
let seen = [];
const relay = http.createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
  response.writeHead(202, { 'set-cookie': ['_fbp=fb.0.1.2; Path=/', '_fbc=fb.0.1.x; Path=/'], 'content-type': 'application/json' });
  response.end('{"events_received":1}');
});

/** @type {Awaited<ReturnType<typeof startShop>>} */
let shop;
/** @type {import('./server.mjs').ShopOptions} */
let options;
let folder = '';

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'shop-'));
  await mkdir(path.join(folder, 'dist'));
  await writeFile(path.join(folder, 'dist', 'twin.js'), '/* twin */');
  await writeFile(path.join(folder, 'dist', 'twin.wasm'), '\0asm');
  await writeFile(path.join(folder, 'secret.txt'), 'secret');
  await new Promise((resolve) => relay.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {net.AddressInfo} */ (relay.address());
  options = { relayUrl: `http://127.0.0.1:${port}`, standinUrl: 'http://localhost:9/', pixelId: '1234567890', distDir: path.join(folder, 'dist') };
  shop = await startShop(options);
});

after(async () => {
  await shop.close();
  relay.close();
  await rm(folder, { recursive: true });
});

/** @param {string} address @param {RequestInit} [init] */
async function load(address, init = {}) {
  const response = await fetch(new URL(address, shop.url), { redirect: 'manual', ...init });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** @param {Record<string, string>} fields */
function order(fields) {
  return load('/checkout', { method: 'POST', body: new URLSearchParams({ ...CUSTOMER, cart: 'mug*2.sencha*3', ...fields }) });
}

const CUSTOMER = {
  email: 'ada@example.com', phone: '', first_name: 'Ada', last_name: 'Example', address: '12 Kiln Lane',
  city: 'Köln', state: '', postal_code: '50667', country: 'DE', customer_number: '',
};

/** Runs a page's inline scripts and gives the calls they make at once, and those an added product makes. @param {string} page */
function callsOf(page, quantity = 1) {
  /** @type {Call[]} */
  const calls = [];
  /** @type {((event: object) => void)[]} */
  const listeners = [];
  const window = { twin: (/** @type {Call} */ ...call) => calls.push(JSON.parse(JSON.stringify(call))) };
  const context = vm.createContext({ window, twin: window.twin, fbq() {}, addEventListener: (/** @type {string} */ name, /** @type {any} */ listener) => name === 'shop:added' && listeners.push(listener) });
  for (const [, source = ''] of page.matchAll(/<script>([\s\S]*?)<\/script>/g)) {
    if (!source.includes('connect.facebook.net')) vm.runInContext(source, context);
  }
  const onLoad = calls.splice(0);
  for (const listener of listeners) listener({ detail: { quantity } });
  return { onLoad, onAdd: calls };
}

/** @param {string} page @param {string} name */
function theCall(page, name) {
  const found = callsOf(page).onLoad.filter((call) => call[1] === name);
  assert.equal(found.length, 1, `${name} is called ${found.length} times`);
  return /** @type {Call} */ (found[0]);
}

/** @param {string} page addresses of all links and forms that stay in the shop */
function linksOf(page) {
  return [...page.matchAll(/<a [^>]*?href="(\/[^"]*)"/g)].map(([, href = '']) => new URL(href.replaceAll('&amp;', '&'), shop.url));
}

test('every page has the stub before the tag, and exactly one PageView', async () => {
  for (const address of ['/', '/product/mug', '/cart', '/cart?cart=mug*1', '/checkout?cart=mug*1', '/nowhere', '/thank-you/1']) {
    const { text, headers } = await load(address);
    assert.match(text, /<script>window\.twin=window\.twin\|\|function\(\)\{\(twin\.q=twin\.q\|\|\[\]\)\.push\(arguments\)\}<\/script>\s*<script async src="\/twin\.js" data-pixel-id="1234567890" data-endpoint="\/twin\/events" data-pixel-script="http:\/\/localhost:9\/en_US\/fbevents\.js"><\/script>/, address);
    assert.equal(theCall(text, 'PageView').length, 2);
    assert.equal(headers.get('set-cookie'), null, address);
    assert.doesNotMatch(text, /data-consent|data-debug|data-routing|id="consent"|connect\.facebook/, address);
  }
});

test('the listing shows all products', async () => {
  const { status, text } = await load('/');
  assert.equal(status, 200);
  for (const { sku, price_cents } of PRODUCTS) {
    assert.ok(text.includes(`href="/product/${sku}"`), sku);
    assert.ok(text.includes(money(price_cents)), sku);
    assert.equal((await load(`/assets/art/${sku}.svg`)).headers.get('content-type'), 'image/svg+xml');
  }
});

test('ViewContent on the product page, AddToCart when the button was used', async () => {
  const { text } = await load('/product/sencha');
  const described = { content_ids: ['sencha'], content_name: 'Sencha, first harvest', content_type: 'product', content_category: 'Tea' };
  assert.deepEqual(theCall(text, 'ViewContent')[2], { ...described, contents: [{ id: 'sencha', quantity: 1, item_price: 19.9 }], value: 19.9, currency: 'USD' });
  assert.deepEqual(callsOf(text, 3).onAdd, [['track', 'AddToCart', { ...described, contents: [{ id: 'sencha', quantity: 3, item_price: 19.9 }], value: 59.7, currency: 'USD' }]]);
});

test('InitiateCheckout carries the cart; an empty cart has no checkout', async () => {
  const { text } = await load('/checkout?cart=mug*2.sencha*3');
  assert.deepEqual(theCall(text, 'InitiateCheckout')[2], {
    content_type: 'product', content_ids: ['mug', 'sencha'],
    contents: [{ id: 'mug', quantity: 2, item_price: 28 }, { id: 'sencha', quantity: 3, item_price: 19.9 }],
    num_items: 5, value: 115.7, currency: 'USD',
  });
  const empty = await load('/checkout?pixel=meta');
  assert.deepEqual([empty.status, empty.headers.get('location')], [303, '/cart?pixel=meta']);
});

test('an order leads to its page, which makes the same Purchase call at each load', async () => {
  const placed = await order({ phone: '+49 221 1', customer_number: 'SK-1', pixel: 'meta', consent: 'required' });
  assert.equal(placed.status, 303);
  const [, number] = /^\/thank-you\/(\d{8})\?pixel=meta&consent=required$/.exec(placed.headers.get('location') ?? '') ?? [];
  assert.ok(number, String(placed.headers.get('location')));
  const first = await load(`/thank-you/${number}`);
  assert.equal(first.status, 200);
  assert.deepEqual(theCall(first.text, 'Purchase'), ['track', 'Purchase', {
    value: 115.7, currency: 'USD', content_type: 'product', content_ids: ['mug', 'sencha'],
    contents: [{ id: 'mug', quantity: 2, item_price: 28 }, { id: 'sencha', quantity: 3, item_price: 19.9 }],
    num_items: 5, order_id: number,
  }, { orderId: number }]);
  assert.deepEqual(callsOf(first.text).onLoad[0], ['identify', {
    em: 'ada@example.com', ph: '+49 221 1', fn: 'Ada', ln: 'Example', ct: 'Köln', zp: '50667', country: 'DE', external_id: 'SK-1',
  }]);
  assert.equal((await load(`/thank-you/${number}`)).text, first.text);
});

test('what the customer types reaches the companion exactly, and no page is broken by it', async () => {
  const nasty = '</script><script>twin("track","Stolen")</script><!-- "\'`${1}\\ 🫖\u2028\u2029 &amp; <img src=x onerror=alert(1)>';
  const { headers } = await order({ first_name: ` ${nasty} `, last_name: nasty, city: nasty, state: nasty, address: nasty });
  const { text } = await load(headers.get('location') ?? '');
  const { onLoad } = callsOf(text);
  assert.deepEqual(onLoad.map(([method]) => method), ['identify', 'track', 'track']);
  assert.equal(onLoad[0]?.[1].fn, ` ${nasty} `);
  assert.equal(onLoad[0]?.[1].st, nasty);
  assert.doesNotMatch(text, /<img src=x|<script>twin\("track","Stolen/);
  const refused = await order({ email: `"${nasty}"`, first_name: nasty });
  assert.equal(refused.status, 422);
  assert.doesNotMatch(refused.text, /<img src=x|<script>twin\("track","Stolen/);
  assert.ok(refused.text.includes('value="&quot;&lt;/script&gt;'));
});

test('a literal keeps values and cannot end the script', () => {
  const value = { list: [{ a: '</script>\u2028' }, { a: 'x'.repeat(99) }], text: '"\n\\', number: 0.1, empty: [], none: undefined };
  const source = literal(value);
  assert.doesNotMatch(source, /[<>\u2028\u2029]/);
  assert.deepEqual(JSON.parse(JSON.stringify(vm.runInNewContext(`(${source})`))), JSON.parse(JSON.stringify(value)));
});

test('the server checks the form too, says what is wrong and keeps what was entered', async () => {
  const { status, text, headers } = await order({ email: 'nope', first_name: '  ', country: 'XX', city: 'Bonn', consent: 'required' });
  assert.equal(status, 422);
  assert.equal(headers.get('location'), null);
  for (const message of ['This does not look like an email', 'First name is missing', 'We do not deliver there']) assert.ok(text.includes(message), message);
  assert.doesNotMatch(text, /Last name is missing/);
  assert.match(text, /name="city"[^>]* value="Bonn"/);
  assert.match(text, /name="cart" value="mug\*2\.sencha\*3"/);
  assert.match(text, /name="consent" value="required"/);
  assert.deepEqual(callsOf(text).onLoad.map(([, name]) => name), ['PageView']);
  assert.equal((await load('/checkout', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status, 415);
  assert.equal((await order({ address: 'x'.repeat(70_000) })).status, 413);
});

test('a cart reads what it can and drops the rest', () => {
  assert.equal(String(Cart.read('mug*2.tee*1')), 'mug*2.tee*1');
  assert.equal(String(Cart.read('mug*2.gone*1.mug*1..*.tee*0.tee*-1.tee*1.5.vase*x.__proto__*1.<b>*1')), 'mug*3.tee*1');
  assert.equal(String(Cart.read('mug*98.mug*98.bowl*100000')), 'mug*99.bowl*99');
  assert.equal(Cart.read('sencha*3').total_cents, 5970);
  assert.equal(String(Cart.read('mug*2.tee*1').with('mug', 0)), 'tee*1');
});

test('without JavaScript "Add to cart" adds once and leaves a clean address', async () => {
  for (const [query, location] of [
    ['cart=&add=mug&quantity=2&fbclid=abc', '/cart?cart=mug*2'],
    ['cart=mug*2&add=mug&quantity=1&consent=required', '/cart?cart=mug*3&consent=required'],
    ['cart=mug*2&add=nothing&quantity=1', '/cart?cart=mug*2'],
    ['add=tee&quantity=-4', '/cart?cart=tee*1'],
  ]) {
    const { status, headers } = await load(`/cart?${query}`);
    assert.deepEqual([status, headers.get('location')], [303, location]);
  }
});

test('cart and modes travel through all links and forms, click ids do not', async () => {
  const query = 'cart=mug*2.tee*1&pixel=meta&consent=required&fbclid=abc&utm_source=x';
  for (const address of ['/', '/product/vase', '/cart', '/checkout', '/nowhere', '/thank-you/1']) {
    const { text } = await load(`${address}?${query}`);
    const links = linksOf(text);
    assert.ok(links.length >= 5, address);
    for (const { pathname, searchParams } of links) {
      const mode = pathname === address;
      assert.deepEqual([...searchParams.keys()].filter((key) => key !== 'cart'), ['pixel', 'consent'], `${address} → ${pathname}`);
      if (!mode) assert.deepEqual([searchParams.get('pixel'), searchParams.get('consent')], ['meta', 'required']);
      if (pathname !== '/cart') assert.equal(searchParams.get('cart'), 'mug*2.tee*1', `${address} → ${pathname}`);
    }
    for (const [form] of text.matchAll(/<form[\s\S]*?<\/form>/g)) {
      for (const field of ['name="cart" value="mug*2.tee*1"', 'name="pixel" value="meta"', 'name="consent" value="required"']) assert.ok(form.includes(field), `${address}: ${field}`);
    }
  }
  const { text } = await load('/?pixel=evil&consent="><b>&cart=<b>');
  assert.ok(linksOf(text).some(({ href }) => href === `${shop.url}/product/mug`));
});

test('Meta’s base code stands only where Meta’s Pixel may load at once', async () => {
  const meta = (await load('/?pixel=meta')).text;
  assert.match(meta, /!function\(f,b,e,v,n,t,s\)\n\{if\(f\.fbq\)return;[\s\S]*'https:\/\/connect\.facebook\.net\/en_US\/fbevents\.js'\);\nfbq\('init', "1234567890"\);\n<\/script>[\s\S]*<script async src="\/twin\.js"/);
  assert.doesNotMatch(meta, /data-pixel-script/);
  assert.equal(meta.match(/fbq\('track'/g)?.length, 1, 'only in the comment that says why it is missing');
  const cookie = 'shop_consent=granted';
  for (const [address, headers] of /** @type {[string, Record<string, string>][]} */ ([['/', {}], ['/?pixel=meta&consent=required', {}], ['/?pixel=meta&consent=required', { cookie }]])) {
    assert.doesNotMatch((await load(address, { headers })).text, /connect\.facebook|fbq/, address);
  }
  assert.doesNotMatch((await load('/?pixel=meta&consent=required')).text, /data-pixel-script/);
});

test('the banner asks until there is an answer, and the companion hears an earlier grant first', async () => {
  const asked = (await load('/?consent=required')).text;
  assert.match(asked, /<script async src="\/twin\.js"[^>]* data-consent="required"/);
  assert.match(asked, /role="dialog"[^>]* data-ask/);
  assert.deepEqual(callsOf(asked).onLoad, [['track', 'PageView']]);
  const granted = (await load('/?consent=required', { headers: { cookie: 'a=b; shop_consent=granted' } })).text;
  assert.match(granted, /role="dialog"(?![^>]* data-ask)/);
  assert.deepEqual(callsOf(granted).onLoad, [['consent', 'grant'], ['track', 'PageView']]);
  assert.ok(granted.indexOf("twin('consent', 'grant')") < granted.indexOf('<script async src="/twin.js"'));
  const denied = (await load('/?consent=required', { headers: { cookie: 'shop_consent=denied' } })).text;
  assert.match(denied, /role="dialog"(?![^>]* data-ask)/);
  assert.match(denied, /data-consent-open/);
  assert.deepEqual(callsOf(denied).onLoad, [['track', 'PageView']]);
});

test('options reach the tag, and the URL overrides them', async () => {
  const other = await startShop({ ...options, pixel: 'meta', consent: 'required', routing: 'all"<', debug: true });
  try {
    const page = async (/** @type {string} */ address) => (await fetch(other.url + address)).text();
    const text = await page('/');
    assert.ok(text.includes('data-consent="required" data-routing="all&quot;&lt;" data-debug></script>'));
    assert.match(await page('/?pixel=standin&consent=granted'), /data-endpoint="\/twin\/events" data-routing="[^"]*" data-pixel-script=/);
  } finally {
    await other.close();
  }
});

test('unknown pages, products, orders and files are 404, without any Purchase', async () => {
  for (const address of ['/nowhere', '/product/none', '/product/', '/cart/1', '/thank-you/123', '/thank-you/%E0%A4%A', '/%00']) {
    const { status, text } = await load(shop.url + address);
    assert.equal(status, 404, address);
    assert.deepEqual(callsOf(text).onLoad, [['track', 'PageView']], address);
  }
  for (const address of ['/missing.js', '/assets/none.css', '/..%2fsecret.txt', '/assets/..%2fserver.mjs', '/%2e%2e/secret.txt']) {
    const { status, text } = await load(address);
    assert.deepEqual([status, text], [404, 'No such file.\n'], address);
  }
  assert.equal((await load('/', { method: 'POST' })).status, 405);
});

test('the companion’s files have their types, and are asked for again each time', async () => {
  const script = await load('/twin.js');
  assert.deepEqual([script.text, script.headers.get('content-type'), script.headers.get('cache-control')], ['/* twin */', 'text/javascript; charset=utf-8', 'no-cache']);
  assert.equal((await load('/twin.wasm')).headers.get('content-type'), 'application/wasm');
  assert.equal((await load('/twin.js', { headers: { 'if-none-match': script.headers.get('etag') ?? '' } })).status, 304);
  const bare = await startShop({ ...options, distDir: path.join(folder, 'none') });
  try {
    assert.equal((await fetch(`${bare.url}/twin.js`)).status, 404);
    assert.equal((await fetch(`${bare.url}/product/mug`)).status, 200);
  } finally {
    await bare.close();
  }
});

test('/twin/* goes to the relay as through a web server, and all its cookies come back', async () => {
  seen = [];
  const body = JSON.stringify({ data: ['ü'.repeat(40_000)] });
  const headers = { cookie: '_fbp=fb.0.1.2', 'user-agent': 'Visitor/1', origin: shop.url, 'content-type': 'text/plain;charset=UTF-8', 'x-forwarded-for': '203.0.113.7' };
  const response = await load('/twin/events?x=1', { method: 'POST', body, headers });
  assert.deepEqual([response.status, response.text], [202, '{"events_received":1}']);
  assert.deepEqual(response.headers.getSetCookie(), ['_fbp=fb.0.1.2; Path=/', '_fbc=fb.0.1.x; Path=/']);
  const [got] = seen;
  assert.ok(got && seen.length === 1);
  assert.deepEqual([got.method, got.url], ['POST', '/twin/events?x=1']);
  assert.ok(got.body === body, 'the body arrives as it was sent');
  for (const name of /** @type {const} */ (['cookie', 'user-agent', 'origin', 'content-type'])) assert.equal(got.headers[name], headers[name], name);
  assert.match(String(got.headers['x-forwarded-for']), /^203\.0\.113\.7, (127\.0\.0\.1|::1)$/);
  assert.equal(got.headers['x-forwarded-proto'], 'http');
  assert.equal(got.headers['x-forwarded-host'], `localhost:${shop.port}`);
  await load('/twin/events', { method: 'OPTIONS' });
  await load('/twin/status');
  assert.deepEqual(seen.slice(1).map(({ method, url }) => `${method} ${url}`), ['OPTIONS /twin/events', 'GET /twin/status']);
  assert.match(String(seen[2]?.headers['x-forwarded-for']), /^(127\.0\.0\.1|::1)$/);
  assert.equal((await load('/twin/events', { method: 'PUT' })).status, 405);
});

test('the address of a request leads neither relay nor visitor elsewhere', async () => {
  seen = [];
  /** @type {(target: string) => Promise<string>} */
  const raw = (target) => new Promise((resolve) => {
    let answer = '';
    const socket = net.connect(shop.port, '127.0.0.1', () => socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`));
    socket.setEncoding('utf8').on('data', (text) => (answer += text)).on('close', () => resolve(answer));
  });
  const page = await raw('//elsewhere.example/twin/x');
  assert.match(page, /^HTTP\/1\.1 404 /);
  assert.doesNotMatch(page, /href="\/[\/\\]/);
  assert.match(await raw('http://elsewhere.example/twin/x'), /^HTTP\/1\.1 400 /);
  assert.match(await raw('/twin/../cart'), /^HTTP\/1\.1 200 /);
  assert.deepEqual(seen, []);
  await raw('/x/../twin/events');
  assert.deepEqual(seen.map(({ url }) => url), ['/twin/events']);
});

test('a relay that is down is a 502 that says so', async () => {
  const alone = await startShop({ ...options, relayUrl: 'http://127.0.0.1:1' });
  try {
    const response = await fetch(`${alone.url}/twin/events`, { method: 'POST', body: 'x'.repeat(60_000) });
    assert.equal(response.status, 502);
    const { error } = /** @type {any} */ (await response.json());
    assert.equal(error.code, 'relay_unreachable');
    assert.match(error.message, /127\.0\.0\.1:1/);
  } finally {
    await alone.close();
  }
});

test('a taken port is EADDRINUSE, and a closed shop gives it back', async () => {
  const attempt = async (/** @type {number} */ port) => (await startShop({ ...options, port })).close();
  await assert.rejects(attempt(shop.port), { code: 'EADDRINUSE' });
  // Half taken is taken: where there is IPv6, browsers would reach somebody else's "localhost".
  const other = net.createServer();
  if (await new Promise((resolve) => other.once('error', () => resolve(false)).listen(0, '::1', () => resolve(true)))) {
    const { port } = /** @type {net.AddressInfo} */ (other.address());
    await assert.rejects(attempt(port), { code: 'EADDRINUSE' }).finally(() => other.close());
  }
  const first = await startShop(options);
  await fetch(first.url);
  await first.close();
  const second = await startShop({ ...options, port: first.port });
  assert.equal((await fetch(`http://127.0.0.1:${second.port}/`)).status, 200);
  await second.close();
});

test('order numbers are digits, never repeat, and go on after a new start', () => {
  let now_ms = Date.UTC(2026, 10, 23);
  const place = (/** @type {Orders} */ orders) => orders.place(Cart.read('mug*1'), CUSTOMER).number;
  const before = new Orders(() => now_ms);
  const numbers = [place(before), place(before), place(before)];
  now_ms += 1000;
  numbers.push(place(before), place(new Orders(() => now_ms + 4000)));
  assert.equal(new Set(numbers).size, 5);
  assert.deepEqual(numbers, [...numbers].sort());
  for (const number of numbers) assert.match(number, /^\d{8}$/);
});
