// One conversion as a line of the list.

import { make } from '/look/element.js';
import { FoldRow } from '/look/fold-row.js';
import { pill } from '/look/pill.js';
import { span } from '/look/time.js';
import { detail } from './detail.js';
import { lanes } from './lanes.js';

const STATUS = {
  deduplicated: ['✓', 'Deduplicated'],
  'browser only': ['◐', 'Browser only'],
  'server only': ['◑', 'Server only'],
};

const drawing = {
  marks: (row) => ({ conversion: row.id, eventName: row.event_name, eventId: row.event_id ?? '', status: row.status }),
  summary: (row) => [what(row), lanes(row), ...row.hints.slice(0, 1).map((hint) => make('span.hint', {}, hint))],
  detail,
};

/** A row of /api/conversions on the screen. */
export const line = (row) => new FoldRow(drawing, row);

function what(row) {
  const { custom_data: custom } = row.browser ?? row.server;
  const amount = custom?.value !== undefined && custom.value !== '' ? `${custom.value} ${custom.currency ?? ''}` : null;
  return make('div.what', {},
    make('span.name', {}, make('strong', {}, row.event_name), amount && make('span.amount', {}, amount)),
    row.event_id === null ? make('span.id.none', {}, 'no event_id') : make('code.id', {}, row.event_id),
    pills(row));
}

function pills(row) {
  const [icon, status] = STATUS[row.status];
  const lints = (row.browser?.lints.length ?? 0) + (row.server?.lints.length ?? 0);
  const testCode = row.server?.test_event_code;
  const apart = row.browser && row.server && span(Math.abs(row.browser.received_ms - row.server.received_ms));
  return make('span.pills', {},
    make('span.pill.status', {}, `${icon} ${status}`),
    apart === null ? null : pill('plain', `${apart} apart`),
    row.repeats.length ? pill('plain', `${count(row.repeats.length, 'repeat')} not counted`, '↻') : null,
    lints ? pill('warn', count(lints, 'lint')) : null,
    testCode ? pill('plain', `test view ${testCode}`) : null);
}

/** 1 lint, 2 lints. */
function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
