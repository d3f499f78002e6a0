// The frame of every page: head, header, consent banner, footer and the strip that says this is a demo.
import { banner, privacySettings } from './consent.mjs';
import { identify, pageView } from './events.mjs';
import { attributes, html } from './html.mjs';
import { tag } from './tag.mjs';

/**
 * @typedef {object} Page
 * @property {number} [status]
 * @property {string} title
 * @property {import('./html.mjs').Markup} body
 * @property {import('./customer.mjs').Customer} [customer] who it is, if this page knows
 * @property {string[]} [calls] calls to the companion after PageView
 * @property {string[]} [scripts] assets this page needs
 */

/** @typedef {import('./visit.mjs').Visit} Visit */

/** @param {Visit} visit @param {Page} page */
export function layout(visit, { title, body, customer, calls = [], scripts = [] }) {
  const modules = visit.consent === 'required' ? ['consent-banner.mjs', ...scripts] : scripts;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Slowkiln</title>
${tag(visit, [...(customer ? [identify(customer)] : []), pageView(), ...calls])}
<link rel="stylesheet" href="/assets/shop.css">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<meta name="theme-color" content="#f6eee1" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#1c1714" media="(prefers-color-scheme: dark)">
${modules.map((name) => html`<script type="module" src="/assets/${name}"></script>\n`)}</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${banner(visit)}
${header(visit)}
<main id="main" tabindex="-1">
${body}
</main>
${footer(visit)}
<div class="toast" role="status" aria-live="polite"></div>
</body>
</html>
`.toString();
}

/** @param {Visit} visit */
function header(visit) {
  const count = visit.cart.count;
  return html`<header class="top">
  <a class="brand" href="${visit.href('/')}"><img src="/assets/icon.svg" alt="" width="34" height="34"> Slowkiln</a>
  <nav aria-label="Shop">
    <a href="${visit.href('/')}"${visit.path === '/' && attributes({ 'aria-current': 'page' })}>Shop</a>
    <a class="cart-link" href="${visit.href('/cart')}"${visit.path === '/cart' && attributes({ 'aria-current': 'page' })}>Cart
      <span class="badge" data-cart-count${attributes({ hidden: count === 0 })}>${count}</span></a>
  </nav>
</header>`;
}

/** @param {Visit} visit */
function footer(visit) {
  return html`<footer class="bottom">
  <p class="colophon">Slowkiln · Stoneware for slow tea${privacySettings(visit)}</p>
  <div class="strip">
    <p>Demo shop of <strong>pixel-twin</strong> — watch both twins arrive: <a href="${visit.settings.standinUrl}">${withoutScheme(visit.settings.standinUrl)}</a></p>
    <ul class="modes">
      <li>Pixel: ${mode(visit, visit.pixel === 'standin', { pixel: 'standin' }, 'stand-in')} ${mode(visit, visit.pixel === 'meta', { pixel: 'meta' }, 'Meta’s own')}</li>
      <li>Consent: ${mode(visit, visit.consent === 'granted', { consent: 'granted' }, 'granted')} ${mode(visit, visit.consent === 'required', { consent: 'required' }, 'asked for')}</li>
    </ul>
  </div>
</footer>`;
}

/** @param {Visit} visit @param {boolean} current @param {import('./visit.mjs').Changes} changes @param {string} label */
function mode(visit, current, changes, label) {
  return html`<a href="${visit.href(visit.path, changes)}"${current && attributes({ 'aria-current': 'true' })}>${label}</a>`;
}

/** @param {string} url */
function withoutScheme(url) {
  return url.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
