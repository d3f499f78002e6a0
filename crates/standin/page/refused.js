// The list of refused Graph requests: code, what it means, what Meta said.

import { make } from '/look/element.js';
import { clock } from '/look/time.js';

const MOST = 50;

/** The newest refused requests, newest first. */
export class Refused {
  #section = document.getElementById('refused');
  #columns = document.getElementById('columns');
  #fold = document.getElementById('refused-fold');
  #title = document.getElementById('refused-title');
  #list = document.getElementById('refused-list');

  /** Shows these requests of /__sim/requests, newest first. */
  show(requests) {
    this.#list.replaceChildren(...requests.filter(isRefused).slice(0, MOST).map(entry));
    this.#arrange();
  }

  /** Adds one that just came, if it was refused. */
  add(request) {
    if (!isRefused(request)) return;
    this.#list.prepend(entry(request));
    while (this.#list.children.length > MOST) this.#list.lastElementChild.remove();
    this.#arrange();
  }

  #arrange() {
    const count = this.#list.children.length;
    const isEmpty = count === 0;
    // Beside the rows it stands open; above them it would push them away.
    if (this.#section.hidden) this.#fold.open = window.matchMedia('(min-width: 1240px)').matches;
    this.#title.textContent = `Refused requests (${count === MOST ? `newest ${MOST}` : count})`;
    this.#section.hidden = isEmpty;
    this.#columns.classList.toggle('with-refused', !isEmpty);
  }
}

function isRefused(request) {
  return request.status !== 200;
}

function entry(request) {
  const code = [request.error_code, request.error_subcode].filter((part) => part !== null).join(' / ');
  const status = request.status === null ? 'no answer' : `HTTP ${request.status}`;
  const events = `${request.events} ${request.events === 1 ? 'event' : 'events'}`;
  const said = request.error_user_msg ?? request.error_message;
  return make('li', { 'data-code': request.error_code, 'data-subcode': request.error_subcode },
    make('p.first', {}, make('span.code', {}, code || status), make('small', {}, clock(request.time_ms))),
    make('p', {}, request.meaning ?? ''),
    said ? make('p.said', {}, said) : null,
    make('small', {}, [code ? status : null, events, request.fault && `armed fault ${request.fault}`].filter(Boolean).join(' · ')));
}
