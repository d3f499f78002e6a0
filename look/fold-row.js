// A line of a list that folds open. What opens below it is made when it is opened.

import { make } from "./element.js";

/**
 * @template Data
 * @typedef {object} Drawing
 * @property {(data: Data) => Record<string, string>} marks `data-` attributes of the line
 * @property {(data: Data) => (Node | string)[]} summary what is always seen
 * @property {(data: Data) => HTMLElement} detail what opens
 */

/**
 * Its elements stay when it changes, so that a click or the focus on them is not lost.
 * @template Data plain data
 */
export class FoldRow {
  element = make("li");
  /** @type {Data | undefined} */
  #data;
  #text = "";
  /** @type {HTMLElement | undefined} */
  #detail;
  #summary = make("summary");
  #details = /** @type {HTMLDetailsElement} */ (make("details", {}, this.#summary));
  #drawing;

  /** @param {Drawing<Data>} drawing @param {Data} data */
  constructor(drawing, data) {
    this.#drawing = drawing;
    this.#details.addEventListener("toggle", () => this.#drawDetail());
    this.element.append(this.#details);
    this.update(data);
  }

  /** Shows another state of the same thing, open or closed as it is. @param {Data} data */
  update(data) {
    const text = JSON.stringify(data);
    if (text === this.#text) return;
    this.#text = text;
    this.#data = data;
    Object.assign(this.element.dataset, this.#drawing.marks(data));
    this.#summary.replaceChildren(...this.#drawing.summary(data));
    this.#drawDetail();
  }

  #drawDetail() {
    this.#detail?.remove();
    this.#detail = undefined;
    if (!this.#details.open || this.#data === undefined) return;
    this.#detail = this.#drawing.detail(this.#data);
    this.#details.append(this.#detail);
  }
}
