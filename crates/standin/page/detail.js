// What opens below a conversion: both messages side by side, and what is to say about them.

import { make } from '/look/element.js';
import { clock } from '/look/time.js';

/** The opened part of a row. */
export function detail(row) {
  const { browser, server } = row;
  return make('div.detail', {},
    make('p', {}, sentence(row)),
    list('Hints', row.hints, 'hints'),
    table(row, [
      ['Event', [
        ['event_id', browser?.event_id, server?.event_id],
        ['event_time', browser && second(browser.event_time_ms), server && second(Number(server.event_time) * 1000)],
        ['event_source_url', browser?.event_source_url, server?.event_source_url],
        ['referrer_url', browser?.referrer_url, server?.referrer_url],
      ]],
      ['Visitor', [
        ...pairs(browser?.user_data, server?.user_data, ['client_ip_address', 'client_user_agent']),
        ['client_ip_address', browser?.client_ip_address, server?.user_data?.client_ip_address],
        ['client_user_agent', browser?.client_user_agent, server?.user_data?.client_user_agent],
      ]],
      ['custom_data', pairs(browser?.custom_data, server?.custom_data, [])],
    ]),
    list('Lints, browser event', (browser?.lints ?? []).map(lintText)),
    list('Lints, server event', (server?.lints ?? []).map(lintText)),
    list('Repeats, not counted', row.repeats.map(({ source, received_ms: ms, reason }) => `${source}, ${clock(ms)}, recognized by ${reason}`)),
    make('details.raw', {}, make('summary', {}, 'Raw messages'),
      make('pre', { tabindex: 0 }, JSON.stringify({ browser, server }, null, 2))));
}

function sentence(row) {
  const times = ['browser', 'server'].filter((side) => row[side]).map((side) => `${side} ${clock(row[side].received_ms)}`);
  const paired = row.reason ? `, paired by ${row.reason}` : '';
  return `Counted once: ${row.event_name} / ${row.event_id ?? 'no event_id'} in dataset ${row.pixel_id} (${times.join(', ')}, kept ${row.kept}${paired})`;
}

function lintText({ code, text }) {
  return `${text} (${code})`;
}

function list(title, texts, kind = 'plain') {
  if (!texts.length) return null;
  return make('section', {}, make('h3', {}, title), make(`ul.${kind}`, {}, ...texts.map((text) => make('li', {}, text))));
}

/** Every key of either side, with both values. */
function pairs(browser, server, without) {
  const keys = new Set([...Object.keys(browser ?? {}), ...Object.keys(server ?? {})]);
  return [...keys].filter((key) => !without.includes(key)).map((key) => [key, browser?.[key], server?.[key]]);
}

function table(row, groups) {
  const hasBoth = row.browser !== null && row.server !== null;
  const heads = ['Field', row.browser ? 'Browser' : 'Browser (none)', row.server ? 'Server' : 'Server (none)', ...(hasBoth ? ['Compared'] : [])];
  return make('table.fields', {}, make('caption.visually-hidden', {}, 'Both messages, field by field'),
    make('colgroup', {}, make('col.field'), make('col'), make('col'), hasBoth ? make('col.mark') : null),
    make('thead', {}, make('tr', {}, ...heads.map((name) => make('th', { scope: 'col' }, name)))),
    ...groups.map(([title, fields]) => group(title, fields.filter(([, browser, server]) => isSaid(browser) || isSaid(server)), hasBoth)));
}

function group(title, fields, hasBoth) {
  if (!fields.length) return null;
  return make('tbody', {},
    make('tr.title', {}, make('th', { scope: 'rowgroup', colspan: hasBoth ? 4 : 3 }, title)),
    ...fields.map(([name, browser, server]) => {
      const [mark, text] = hasBoth ? compare(browser, server) : [null, null];
      return make(`tr${mark === 'different' ? '.differs' : ''}`, { 'data-field': name, 'data-compared': mark },
        make('th', { scope: 'row' }, name), cell('browser', browser), cell('server', server),
        hasBoth ? make(`td.mark.${mark}`, {}, text) : null);
    }));
}

function cell(side, value) {
  return make('td.value', { 'data-side': isSaid(value) ? side : null }, isSaid(value) ? show(value) : '');
}

function isSaid(value) {
  return value !== undefined && value !== null && value !== '';
}

function compare(browser, server) {
  if (!isSaid(server)) return ['single', '– browser only'];
  if (!isSaid(browser)) return ['single', '– server only'];
  return canonical(browser) === canonical(server) ? ['same', '✓ same'] : ['different', '✕ different'];
}

/** 10.50 and "10.5" are the same amount, ["x"] and "x" the same identifier; the order of keys says nothing. */
function canonical(value) {
  if (Array.isArray(value)) return value.length === 1 ? canonical(value[0]) : `[${value.map(canonical).join()}]`;
  if (value && typeof value === 'object') {
    return `{${Object.keys(value).sort().map((key) => `${key}:${canonical(value[key])}`).join()}}`;
  }
  const text = String(value);
  return /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text;
}

function show(value) {
  if (typeof value !== 'object') return String(value);
  const line = JSON.stringify(value);
  return line.length <= 80 ? line : JSON.stringify(value, null, 1);
}

/** Meta takes seconds, the Pixel sends milliseconds: compared to the second. */
function second(ms) {
  return Number.isFinite(ms) ? new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000', '') : undefined;
}
