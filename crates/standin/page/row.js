// One conversion as a line of the list. What opens below it is made when it is opened.

import { detail } from './detail.js';
import { make, span } from './element.js';
import { lanes } from './lanes.js';

const STATUS = {
  deduplicated: ['✓', 'Deduplicated'],
  'browser only': ['◐', 'Browser only'],
  'server only': ['◑', 'Server only'],
};

/** A row of /api/conversions on the screen. Its elements stay when it changes, so that a click or the focus on them is not lost. */
export class Row {
  element = make('li');
  #row;
  #text;
  #detail = null;
  #summary = make('summary');
  #details = make('details', {}, this.#summary);

  constructor(row) {
    this.#details.addEventListener('toggle', () => this.#drawDetail());
    this.element.append(this.#details);
    this.update(row);
  }

  /** Shows another state of the same conversion, open or closed as it is. */
  update(row) {
    const text = JSON.stringify(row);
    if (text === this.#text) return;
    this.#text = text;
    this.#row = row;
    const { dataset } = this.element;
    dataset.conversion = row.id;
    dataset.eventName = row.event_name;
    dataset.eventId = row.event_id ?? '';
    dataset.status = row.status;
    this.#summary.replaceChildren(what(row), lanes(row), ...row.hints.slice(0, 1).map((hint) => make('span.hint', {}, hint)));
    this.#drawDetail();
  }

  #drawDetail() {
    this.#detail?.remove();
    this.#detail = this.#details.open ? detail(this.#row) : null;
    if (this.#detail) this.#details.append(this.#detail);
  }
}

function what(row) {
  const { custom_data: custom } = row.browser ?? row.server;
  const amount = custom?.value !== undefined && custom.value !== '' ? `${custom.value} ${custom.currency ?? ''}` : null;
  return make('div.what', {},
    make('span.name', {}, make('strong', {}, row.event_name), amount && make('span.amount', {}, amount)),
    row.event_id === null ? make('span.id.none', {}, 'no event_id') : make('code.id', {}, row.event_id),
    badges(row));
}

function badges(row) {
  const [icon, status] = STATUS[row.status];
  const lints = (row.browser?.lints.length ?? 0) + (row.server?.lints.length ?? 0);
  const testCode = row.server?.test_event_code;
  const apart = row.browser && row.server && span(Math.abs(row.browser.received_ms - row.server.received_ms));
  return make('span.badges', {},
    make('span.badge.status', {}, `${icon} ${status}`),
    apart === null ? null : make('span.badge', {}, `${apart} apart`),
    row.repeats.length ? make('span.badge', {}, `↻ ${count(row.repeats.length, 'repeat')} not counted`) : null,
    lints ? make('span.badge.warn', {}, `⚠ ${count(lints, 'lint')}`) : null,
    testCode ? make('span.badge', {}, `test view ${testCode}`) : null);
}

/** 1 lint, 2 lints. */
function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
