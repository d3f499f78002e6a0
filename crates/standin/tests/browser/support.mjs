// A running stand-in, a browser with an ordinary user agent, and a shop page that carries the usual base code.
// Run with `node --test crates/standin/tests/browser/` after `cargo build -p twin-standin`.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';

export const PIXEL = '1234567890';
/** Meta's published digest of john_smith@gmail.com. */
export const EM = '62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f';
/** The Pixel sends nothing for HeadlessChrome. */
export const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

const BINARY = process.env.TWIN_STANDIN ?? fileURLToPath(new URL('../../../../target/debug/twin-standin', import.meta.url));
const SWITCHES = ['--no-sandbox', '--headless=new', '--disable-gpu', '--disable-background-networking', '--no-first-run',
  '--host-resolver-rules=MAP *.example 127.0.0.1, MAP *.co.uk 127.0.0.1'];

/** Starts a stand-in; `port` 0 takes a free one. */
export async function startStandin({ port = 0, args = [] } = {}) {
  const child = spawn(BINARY, ['--port', String(port), '--latency-ms', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(/http:\S+/.exec(line)[0]));
    child.once('exit', (code) => reject(new Error(`the stand-in ended with ${code}`)));
  });
  const json = async (address) => (await fetch(url + address)).json();
  return {
    url,
    port: Number(new URL(url).port),
    stop: () => new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill();
    }),
    reset: () => fetch(`${url}/__sim/reset`, { method: 'POST' }),
    /** All conversions, oldest first. */
    conversions: async () => (await json('/api/conversions')).reverse(),
    pixel: (parameters) => fetch(`${url}/tr/?${new URLSearchParams({ id: PIXEL, ts: String(Date.now()), ...parameters })}`),
    send: (events, token = 'EAABtesttoken') => fetch(`${url}/v26.0/${PIXEL}/events?access_token=${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ data: events }),
    }),
  };
}

/** A good server event. */
export function purchase(changes) {
  return {
    event_name: 'Purchase',
    event_time: Math.floor(Date.now() / 1000),
    event_id: 'order_1',
    event_source_url: 'https://shop.example/thanks',
    action_source: 'website',
    user_data: { em: [EM], client_user_agent: USER_AGENT },
    custom_data: { value: 59.9, currency: 'EUR' },
    ...changes,
  };
}

export function startBrowser({ userAgent = USER_AGENT } = {}) {
  const args = userAgent ? [...SWITCHES, `--user-agent=${userAgent}`] : SWITCHES;
  return puppeteer.launch({ executablePath: chromium(), args });
}

function chromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const places = (process.env.PATH ?? '').split(path.delimiter).flatMap((folder) => [path.join(folder, 'chromium'), path.join(folder, 'chromium-browser')]);
  const found = places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (!found) throw new Error('no chromium in PATH; set CHROMIUM');
  return found;
}

/** A shop whose page runs `code` behind Meta's base code; the code comes in the query. */
export async function startShop(standinUrl) {
  const base = `!function(f,b,e,v,n,t,s){if(f.fbq)return;n=f.fbq=function(){n.callMethod?n.callMethod.apply(n,arguments):n.queue.push(arguments)};
if(!f._fbq)f._fbq=n;n.push=n;n.loaded=!0;n.version='2.0';n.queue=[];t=b.createElement(e);t.async=!0;t.src=v;s=b.getElementsByTagName(e)[0];
s.parentNode.insertBefore(t,s)}(window,document,'script','${standinUrl}/en_US/fbevents.js');`;
  const server = http.createServer((request, response) => {
    const code = new URL(request.url, 'http://shop').searchParams.get('code') ?? '';
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><link rel="icon" href="data:,"><script>${base}${code}</script><p>Shop`);
  });
  await new Promise((resolve) => server.listen(0, resolve));
  return { port: server.address().port, stop: () => server.close() };
}
