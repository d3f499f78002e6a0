// The drawing of one conversion: a browser lane and a server lane that join into one.

import { draw, make } from '/look/element.js';
import { icon } from '/look/side.js';
import { clock, span } from '/look/time.js';

const PATHS = { browser: 'M0 17 H16 C44 17 36 34 64 34 H72', server: 'M0 51 H16 C44 51 36 34 64 34 H72' };
const STUBS = { browser: 'M2 17 H34', server: 'M2 51 H34' };
const NAMES = { browser: 'Browser', server: 'Server' };

/** Both lanes of a row and the circle they run into. A message without `received_ms` is drawn without a time. */
export function lanes({ browser, server, counted }) {
  const first = Math.min(...[browser, server].filter(Boolean).map((message) => message.received_ms));
  return make('div.lanes', {}, lane('browser', browser, first), lane('server', server, first), join(browser, server),
    make('span.counted', {}, make('b', {}, String(counted)), ' ', make('span', {}, 'counted')));
}

/** The two lines; an absent side is a dotted stub. */
function join(browser, server) {
  const line = (side, message) => draw(`path.${message ? side : 'missing'}`, { d: message ? PATHS[side] : STUBS[side] });
  return draw('svg.join', { viewBox: '0 0 72 68', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, line('browser', browser), line('server', server));
}

function lane(side, message, firstMs) {
  if (!message) return make(`span.lane.${side}.missing`, {}, icon(side), make('b', {}, `no ${side} event`));
  return make(`span.lane.${side}`, {}, icon(side), make('b', {}, NAMES[side]), message.received_ms ? time(message.received_ms, firstMs) : null);
}

function time(ms, firstMs) {
  const later = ms - firstMs;
  return make('time', { title: new Date(ms).toLocaleString() }, later > 0 ? `+${span(later)}` : clock(ms));
}
