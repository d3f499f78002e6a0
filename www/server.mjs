// The demo shop: starts it, and sorts requests into relay, files and pages.
import { fileURLToPath } from 'node:url';
import { serveFile } from './files.mjs';
import { layout } from './layout.mjs';
import { listen } from './listen.mjs';
import { Orders } from './orders.mjs';
import { BadPost, readForm } from './posted.mjs';
import { proxy } from './proxy.mjs';
import { get, postCheckout } from './routes.mjs';
import { Visit } from './visit.mjs';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */
/** @typedef {{ settings: import('./visit.mjs').Settings, orders: Orders }} Shop */

/**
 * @typedef {object} ShopOptions
 * @property {number} [port] 0, the default, takes a free one
 * @property {string} [host] 'localhost', the default, is bound on both loopback addresses
 * @property {string} relayUrl where /twin/* is handed on to
 * @property {string} standinUrl the local Meta, which serves the Pixel library and shows what arrived
 * @property {string} pixelId
 * @property {string} distDir the companion's build
 * @property {import('./visit.mjs').PixelMode} [pixel] whose Pixel library: the stand-in's, or Meta's own
 * @property {import('./visit.mjs').ConsentMode} [consent]
 * @property {string} [routing] the companion's data-routing
 * @property {boolean} [debug] the companion's data-debug
 */

/** Folders with files, by the first step of their address; what lies at the root is the companion's. */
const FOLDERS = new Map(Object.entries({ assets: './assets', advice: './advice', look: '../look', scan: '../scan' }).map(([step, folder]) => [step, fileURLToPath(new URL(folder, import.meta.url))]));

/**
 * Rejects with code EADDRINUSE when the port is taken.
 *
 * @param {ShopOptions} options
 * @returns {Promise<{ url: string, port: number, close: () => Promise<void> }>}
 */
export async function startShop(options) {
  const { port: wanted = 0, host = 'localhost', pixel = 'standin', consent = 'granted', routing, debug = false, ...rest } = options;
  const standinUrl = rest.standinUrl.replace(/\/+$/, '');
  /** @type {Shop} */
  const shop = { settings: { ...rest, standinUrl, pixel, consent, routing, debug }, orders: new Orders() };
  const { port, close } = await listen((request, response) => {
    answer(shop, request, response).catch((error) => apologise(error, response));
  }, host, wanted);
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port, close };
}

/** @param {Shop} shop @param {Request} request @param {Response} response */
async function answer({ settings, orders }, request, response) {
  if (!request.url?.startsWith('/')) return sendText(response, 400, 'This is a shop, not a proxy.');
  const url = new URL(`http://shop${request.url}`);
  if (url.pathname.startsWith('/twin/')) return proxy(settings.relayUrl, url.pathname + url.search, request, response);

  const cookies = request.headers.cookie ?? '';
  if (request.method === 'POST' && url.pathname === '/checkout') {
    const form = await readForm(request);
    const visit = new Visit(settings, url.pathname, form, cookies);
    return send(visit, postCheckout(visit, form, orders), response);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return sendText(response, 405, 'This address only answers GET.', { allow: 'GET, HEAD' });
  }
  if (await serveAsset(settings, url.pathname, request, response)) return undefined;
  const visit = new Visit(settings, url.pathname, url.searchParams, cookies);
  return send(visit, get(visit, url.searchParams, orders), response);
}

/** A file that is missing gets no page: nobody would see it. @param {Shop['settings']} settings @param {string} path @param {Request} request @param {Response} response */
async function serveAsset(settings, path, request, response) {
  const [, step = '', name = path === '/advice' ? 'index.html' : ''] = /^\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
  const folder = FOLDERS.get(step);
  if (await (folder ? serveFile(folder, name, request, response) : serveFile(settings.distDir, path.slice(1), request, response))) return true;
  if (!/\.\w+$/.test(path)) return false;
  sendText(response, 404, 'No such file.');
  return true;
}

/** @param {Visit} visit @param {import('./routes.mjs').Answer} answer @param {Response} response */
function send(visit, answer, response) {
  if ('redirect' in answer) {
    response.writeHead(303, { location: answer.redirect, 'cache-control': 'no-cache' }).end();
    return;
  }
  response.writeHead(answer.status ?? 200, {
    'content-type': 'text/html; charset=utf-8',
    // Not no-store: the browser may keep the page for its Back button.
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
  });
  response.end(layout(visit, answer));
}

/** @param {Response} response @param {number} status @param {string} text @param {Record<string, string>} [headers] */
function sendText(response, status, text, headers = {}) {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache', ...headers });
  response.end(`${text}\n`);
}

/** @param {unknown} error @param {Response} response */
function apologise(error, response) {
  if (response.headersSent) return response.destroy();
  const [status, text] = error instanceof BadPost ? [error.status, error.message] : [500, `The shop stumbled: ${error}`];
  // The rest of the request may still be on its way, so the connection is not used again.
  return sendText(response, status, text, { connection: 'close' });
}
