// The page: its state, its controls, and one update of the screen per frame however much arrives.

import { make } from '/look/element.js';
import { connect } from './connection.js';
import { lanes } from './lanes.js';
import { List, MOST_ROWS } from './list.js';
import { Refused } from './refused.js';

const STATES = { connecting: 'Connecting…', live: 'Live', polling: 'Live, by polling', lost: 'Connection lost' };

const find = (id) => document.getElementById(id);
const [filter, pause, state, shown] = ['filter', 'pause', 'state', 'shown'].map(find);
const list = new List();
const refused = new Refused();
/** Rows that came since the last frame, by id. */
const arrived = new Map();
/** Ids of rows that came while the page was paused. */
const missed = new Set();
let totals = null;
let connection = 'connecting';
let isPaused = false;
let isFramePending = false;

async function read(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

/** Reads everything; rejects when the stand-in does not answer. */
async function load() {
  const name = filter.value ? `&event_name=${encodeURIComponent(filter.value)}` : '';
  const [rows, requests, report] = await Promise.all([
    read(`/api/conversions?limit=${MOST_ROWS}${name}`),
    read('/__sim/requests'),
    read('/__sim/report'),
  ]);
  offer(Object.keys(report.events));
  offerShop(report.settings.shop_url);
  if (isPaused && totals) return;
  totals = report.totals;
  arrived.clear();
  list.show(rows);
  refused.show(requests);
  drawCounters();
}

function take(event, data) {
  if (isPaused) {
    for (const row of data.rows ?? []) missed.add(row.id);
    return tell();
  }
  totals = data.totals;
  if (event === 'conversions') {
    offer(data.rows.map((row) => row.event_name));
    for (const row of data.rows) if (!filter.value || row.event_name === filter.value) arrived.set(row.id, row);
  } else if (event === 'request') {
    refused.add(data.request);
  } else {
    arrived.clear();
    list.show([]);
    refused.show([]);
  }
  if (isFramePending) return;
  isFramePending = true;
  // A page in the background draws no frames, but its title shall count on.
  if (document.hidden) setTimeout(draw, 250);
  else requestAnimationFrame(draw);
}

function draw() {
  isFramePending = false;
  list.take([...arrived.values()]);
  arrived.clear();
  drawCounters();
}

function drawCounters() {
  for (const counter of find('counters').children) {
    const number = totals[counter.dataset.counter];
    counter.querySelector('dd').textContent = number.toLocaleString('en');
    counter.toggleAttribute('data-zero', number === 0);
  }
  document.title = `${totals.counted} counted · Stand-in for Meta`;
  const summary = `${totals.counted} conversions counted, ${totals.deduplicated} deduplicated`;
  if (find('spoken').textContent !== summary) find('spoken').textContent = summary;
  shown.hidden = list.size < MOST_ROWS;
  shown.textContent = `The newest ${MOST_ROWS.toLocaleString('en')} are shown; the counters count all.`;
  find('empty').hidden = list.size > 0;
  const isFiltered = filter.value !== '' && totals.counted > 0;
  find('empty-title').textContent = isFiltered ? `No ${filter.value} yet` : 'Nothing has arrived yet';
}

function tell() {
  const isLost = connection === 'lost';
  const news = missed.size ? ` (${missed.size} new)` : '';
  const text = isPaused && !isLost ? 'Paused' : STATES[connection];
  if (state.textContent !== text) state.textContent = text;
  state.dataset.state = isPaused && !isLost ? 'paused' : connection;
  pause.textContent = isPaused ? `Resume${news}` : 'Pause';
  find('lost').hidden = !isLost;
  document.body.classList.toggle('stale', isLost);
}

/** Adds event names to the filter, in alphabetical order. */
function offer(names) {
  for (const name of new Set(names)) {
    const options = [...filter.options];
    if (options.some((option) => option.value === name)) continue;
    filter.insertBefore(make('option', { value: name }, name), options.find((option) => option.value > name) ?? null);
  }
}

function offerShop(fromSettings) {
  const wanted = new URLSearchParams(location.search).get('shop') ?? fromSettings;
  // Never javascript: or the like.
  const isAddress = /^https?:\/\//i.test(wanted ?? '');
  find('shop').hidden = !isAddress;
  if (isAddress) find('shop').href = wanted;
}

const reload = () => load().catch(() => {});
filter.addEventListener('change', reload);
pause.addEventListener('click', () => {
  isPaused = !isPaused;
  pause.setAttribute('aria-pressed', String(isPaused));
  missed.clear();
  if (!isPaused) reload();
  tell();
});
find('clear').addEventListener('click', () => fetch('/api/conversions', { method: 'DELETE' }).catch(() => {}));
find('empty-picture').append(lanes({ browser: {}, server: {}, counted: 1 }));
find('by-hand').textContent = byHand(location.origin);

function byHand(origin) {
  const event = `{"event_name":"Purchase","event_time":'$(date +%s)',"event_id":"order_1","action_source":"website","event_source_url":"https://shop.example/thanks","user_data":{"client_ip_address":"203.0.113.7","client_user_agent":"curl"},"custom_data":{"value":10,"currency":"EUR"}}`;
  return `curl '${origin}/tr/?id=1234567890&ev=Purchase&eid=order_1&cd%5Bvalue%5D=10&cd%5Bcurrency%5D=EUR'\n\n`
    + `curl '${origin}/v26.0/1234567890/events?access_token=any_token' -H 'Content-Type: application/json' -d '{"data":[${event}]}'`;
}

connect({
  load,
  take,
  tell(next) {
    connection = next;
    tell();
  },
});
