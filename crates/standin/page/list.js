// The list of conversions on the screen: newest first, bounded, each row kept while it is only updated.

import { line } from './row.js';

/** Most rows on the screen; the counters count all. */
export const MOST_ROWS = 1000;

/** The list, by conversion id. */
export class List {
  #element = document.getElementById('rows');
  #rows = new Map();

  /** Rows on the screen. */
  get size() {
    return this.#rows.size;
  }

  /** Shows exactly these rows, newest first. */
  show(rows) {
    const wanted = new Set(rows.map((row) => row.id));
    for (const [id, known] of this.#rows) {
      if (wanted.has(id)) continue;
      known.element.remove();
      this.#rows.delete(id);
    }
    const elements = rows.map((row) => this.#put(row));
    const isInOrder = elements.every((element, index) => this.#element.children[index] === element);
    if (!isInOrder) this.#element.replaceChildren(...elements);
  }

  /** Takes in new rows and new states of old ones, oldest first. */
  take(rows) {
    const fresh = document.createDocumentFragment();
    const newest = Number(this.#element.firstElementChild?.dataset.conversion ?? -1);
    for (const row of rows) {
      const isNew = !this.#rows.has(row.id);
      // An old one that is no longer on the screen stays away.
      if (isNew && row.id < newest) continue;
      const element = this.#put(row);
      if (!isNew) continue;
      element.classList.add('new');
      fresh.prepend(element);
    }
    this.#element.prepend(fresh);
    while (this.#rows.size > MOST_ROWS) {
      this.#rows.delete(Number(this.#element.lastElementChild.dataset.conversion));
      this.#element.lastElementChild.remove();
    }
  }

  /** The element of a row, made or brought up to date. */
  #put(row) {
    const known = this.#rows.get(row.id);
    if (known) {
      known.update(row);
      return known.element;
    }
    const made = line(row);
    this.#rows.set(row.id, made);
    return made.element;
  }
}
