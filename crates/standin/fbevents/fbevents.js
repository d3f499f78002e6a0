// A small stand-in for Meta's fbevents.js, for offline demos and tests. It behaves as the library does where a page can tell:
// the fbq queue, init, track, consent, the cookies _fbp and _fbc, and the requests to /tr/. None of it is Meta's code.
(function () {
  'use strict';

  const VERSION = '2.9.standin';
  const LONGEST_URL = 2048;
  const COOKIE_LIFE_S = 90 * 24 * 60 * 60;
  const LONGEST_CLICK_ID = 500;

  const warn = (...words) => console.warn('[Pixel stand-in]', ...words);
  const fbq = window.fbq;
  if (typeof fbq !== 'function' || !Array.isArray(fbq.queue)) return warn('fbq is not defined: put the base code in front of this script.');
  if (fbq.instance) return;
  if (window._fbq && window._fbq !== fbq) warn('Conflicting versions: window._fbq is another object than window.fbq.');

  const script = document.currentScript || document.querySelector('script[src*="fbevents.js"]');
  const home = new URL(script ? script.src : location.href);
  const endpoint = home.hostname === 'connect.facebook.net' ? 'https://www.facebook.com/tr/' : `${home.origin}/tr/`;
  const startedMs = Date.now();
  const pixels = new Map();
  const inFlight = new Set();
  let firstInitMs = null;
  let isRevoked = false;
  let dataUse = null;

  // --- the queue ---------------------------------------------------------------------------------------------------------

  const queue = fbq.queue;
  const wait = Array.prototype.push.bind(queue);

  function call(args) {
    if (isRevoked && args[0] !== 'consent') return wait(args);
    const method = METHODS.get(args[0]);
    if (!method) return warn(`There is no method ${String(args[0])}.`);
    try {
      method(...Array.prototype.slice.call(args, 1));
    } catch (error) {
      warn(`fbq('${args[0]}', …) failed:`, error);
    }
  }

  function drain() {
    for (const entry of queue.splice(0)) {
      if (entry && typeof entry.length === 'number' && typeof entry !== 'string') call(entry);
      else warn('The queue held something that is no call:', entry);
    }
  }

  // --- cookies -----------------------------------------------------------------------------------------------------------

  const labels = location.hostname.split('.');
  const isAddress = /^[\d.]+$/.test(location.hostname);

  function readCookie(name) {
    const found = document.cookie.split(/; */).find((pair) => pair.startsWith(`${name}=`));
    return found === undefined ? null : found.slice(name.length + 1);
  }

  /** fb.<index>.<ms>.<payload>[.<appendix>], or null. */
  function parseCookie(value) {
    const [fb, index, createdMs, payload, appendix, ...more] = (value || '').split('.');
    const isGood = fb === 'fb' && /^\d+$/.test(index) && /^\d+$/.test(createdMs) && payload && !more.length
      && (appendix === undefined || appendix.length === 8 || /^(AQ|Ag|Aw|BA|BQ|Bg)$/.test(appendix));
    return isGood ? { value, index: Number(index), payload, appendix } : null;
  }

  function writeCookie(name, value, index) {
    // A host of one label and an address take no Domain.
    const domain = labels.length === 1 || isAddress ? '' : `; domain=.${labels.slice(-index - 1).join('.')}`;
    document.cookie = `${name}=${value}; max-age=${COOKIE_LIFE_S}; path=/; SameSite=Lax${domain}`;
  }

  /** Tries .example, then .shop.example, …: the first domain the browser takes gives the index. */
  function createCookie(name, payload) {
    let value;
    for (let index = isAddress ? labels.length - 1 : 0; index < labels.length; index += 1) {
      value = `fb.${index}.${Date.now()}.${payload}`;
      writeCookie(name, value, index);
      if (readCookie(name) === value) break;
    }
    return value;
  }

  function keepCookie(name, cookie) {
    writeCookie(name, cookie.value, cookie.index);
    return cookie.value;
  }

  function settleFbp() {
    const random = () => Math.floor(Math.random() * 999999999);
    const cookie = parseCookie(readCookie('_fbp'));
    return cookie ? keepCookie('_fbp', cookie) : createCookie('_fbp', `${random()}${random()}`);
  }

  /** The click id of the page or of the page before, '' if it cannot be used, null if there is none. */
  function clickId() {
    const [, encoded] = /[?&#]fbclid=([^&#]+)/.exec(location.href) || /[?&#]fbclid=([^&#]+)/.exec(document.referrer) || [];
    if (encoded === undefined) return null;
    const isUsable = /^[\w.~-]+$/.test(encoded) && encoded.length <= LONGEST_CLICK_ID;
    return isUsable ? encoded.replace(/\./g, '__DOT__') : '';
  }

  function settleFbc() {
    const cookie = parseCookie(readCookie('_fbc'));
    const payload = clickId();
    if (payload === '') return null;
    if (cookie && (payload === null || payload === cookie.payload)) return keepCookie('_fbc', cookie);
    if (payload === null) return null;
    return createCookie('_fbc', cookie && cookie.appendix ? `${payload}.${cookie.appendix}` : payload);
  }

  // --- advanced matching -------------------------------------------------------------------------------------------------

  async function sha256(text) {
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** Fills pixel.hashed; pixel.hashing is there while raw values are being hashed. */
  function takeUserData(pixel, given) {
    pixel.userData = given;
    const raw = [];
    for (const [key, value] of Object.entries(given)) {
      const isSingle = typeof value === 'string' || typeof value === 'number';
      const text = isSingle ? String(value).trim().toLowerCase() : '';
      const normal = key === 'ph' && !/^[0-9a-f]{64}$/.test(text) ? text.replace(/\D/g, '').replace(/^0+/, '') : text;
      if (/^[0-9a-f]{64}$/.test(normal)) pixel.hashed[key] = normal;
      else if (normal) raw.push([key, normal]);
    }
    if (!raw.length) return;
    if (!(window.crypto && crypto.subtle)) return warn('Raw user data was left out: this page has no crypto.subtle (not a secure context).');
    const hashAll = raw.map(async ([key, text]) => { pixel.hashed[key] = await sha256(text); });
    const done = () => { pixel.hashing = null; };
    pixel.hashing = Promise.all(hashAll).then(done, done);
  }

  // --- requests ----------------------------------------------------------------------------------------------------------

  function eventIds(options) {
    let id = options && (options.eventID || options.event_id);
    if (id && typeof id === 'object' && !Array.isArray(id)) id = id.eventID || id.event_id;
    if (Array.isArray(id)) return id.map((one, index) => [`eid[${index}]`, one]);
    return id ? [['eid', id]] : [];
  }

  function customData(params) {
    const given = params && typeof params === 'object' ? Object.entries(params) : [];
    return given
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([key, value]) => [`cd[${key}]`, typeof value === 'object' ? JSON.stringify(value) : value]);
  }

  function transmit(pairs) {
    // Meta's library goes silent for bots; a headless browser is on its list.
    if (/HeadlessChrome/i.test(navigator.userAgent)) return;
    const query = (transport) => new URLSearchParams([...pairs, ['rqm', transport]].map(([key, value]) => [key, String(value)]));
    const url = `${endpoint}?${query('GET')}`;
    if (url.length < LONGEST_URL) {
      const image = new Image();
      inFlight.add(image);
      image.onload = image.onerror = () => inFlight.delete(image);
      image.src = url;
      return;
    }
    const form = new FormData();
    for (const [key, value] of query('SB')) form.append(key, value);
    if (!navigator.sendBeacon || !navigator.sendBeacon(endpoint, form)) warn('The browser did not take a large event.');
  }

  function fire(pixel, name, params, options, extra) {
    const now = [['dl', location.href], ['rl', document.referrer], ['if', window.top !== window], ['ts', Date.now()]];
    const [fbp, fbc] = [settleFbp(), settleFbc()];
    const [custom, ids] = [customData(params), eventIds(options)];
    const counter = pixel.eventCount;
    pixel.eventCount += 1;
    const go = () => transmit([
      ['id', pixel.id], ['ev', name], ...now, ...custom,
      ...Object.entries(pixel.hashed).map(([key, value]) => [`ud[${key}]`, value]),
      ['sw', screen.width], ['sh', screen.height], ['v', VERSION], ['ec', counter], ...(dataUse || []),
      ['fbp', fbp], ...(fbc ? [['fbc', fbc]] : []), ...ids, ['it', firstInitMs], ['coo', false], ...extra,
    ]);
    if (pixel.hashing) pixel.hashing.then(go);
    else go();
  }

  // --- methods -----------------------------------------------------------------------------------------------------------

  function init(id, userData) {
    const key = String(id === undefined || id === null ? '' : id).trim();
    if (!key) return warn('init needs a pixel id.');
    const given = userData && typeof userData === 'object' ? userData : {};
    const known = pixels.get(key);
    // Only a first init without user data leaves room for a second one.
    if (known && (Object.keys(known.userData).length || !Object.keys(given).length)) return warn(`Duplicate Pixel ID: ${key}.`);
    const pixel = known || { id: key, agent: null, eventCount: 0, userData: {}, hashed: {}, hashing: null, sawPageView: false };
    firstInitMs = firstInitMs || Date.now();
    pixels.set(key, pixel);
    takeUserData(pixel, given);
    fbq.instance.configsLoaded[key] = true;
    settleFbc();
  }

  function track(name, params, options) {
    if (typeof name !== 'string' || !name) return warn('track needs an event name.');
    if (!pixels.size) warn(`${name} was dropped: no pixel is initialised.`);
    for (const pixel of pixels.values()) {
      const isSecondPageView = name === 'PageView' && pixel.sawPageView;
      if (name === 'PageView') pixel.sawPageView = true;
      if (!isSecondPageView) fire(pixel, name, params, options, []);
    }
  }

  function trackSingle(kind) {
    return (id, name, params, options) => {
      const pixel = pixels.get(String(id));
      if (typeof name !== 'string' || !name) return warn('trackSingle needs a pixel id and an event name.');
      if (!pixel) return warn(`${name} was dropped: pixel ${String(id)} is not initialised.`);
      fire(pixel, name, params, options, [['tm', kind]]);
    };
  }

  function consent(decision) {
    if (decision === 'revoke') isRevoked = true;
    else if (decision === 'grant') {
      isRevoked = false;
      drain();
    } else warn(`consent takes 'grant' or 'revoke', not ${String(decision)}.`);
  }

  function dataProcessingOptions(list, country, state) {
    const options = Array.isArray(list) ? list.join(',') : '';
    dataUse = [['dpo', options], ...(options ? [['dpoco', country || 0], ['dpost', state || 0]] : [])];
  }

  const METHODS = new Map([
    ['init', init],
    ['track', track],
    ['trackCustom', track],
    ['trackSingle', trackSingle(1)],
    ['trackSingleCustom', trackSingle(2)],
    ['consent', consent],
    ['dataProcessingOptions', dataProcessingOptions],
    ['set', () => {}],
  ]);

  fbq.version = VERSION;
  fbq.instance = {
    configsLoaded: {},
    locks: { isLocked: () => isRevoked },
    optIns: { isOptedIn: (id, feature) => feature === 'FirstPartyCookies' && pixels.has(String(id)) },
  };
  fbq.getState = () => ({
    pixelInitializationTime: startedMs,
    pixels: Array.from(pixels.values(), ({ id, agent, eventCount, userData }) => ({ id, agent, eventCount, userData })),
  });
  fbq.callMethod = (...args) => call(args);
  queue.push = (...entries) => {
    wait(...entries);
    drain();
    return queue.length;
  };
  drain();
})();
