// Making elements. Everything from the wire becomes text here, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes `true`: there; `false` or nothing: not there */
/** @typedef {Node | string | null | undefined} Child */

/**
 * `make("p.muted", { id: "x", hidden: true }, "text", child)`; null and undefined children are left out.
 * @param {string} what a tag and its classes @param {Attributes} [attributes] @param {...Child} children
 * @returns {HTMLElement}
 */
export function make(what, attributes = {}, ...children) {
  const [tag = "", ...classes] = what.split(".");
  return fill(document.createElement(tag), classes, attributes, children);
}

/**
 * The same for parts of a drawing.
 * @param {string} what @param {Attributes} [attributes] @param {...Child} children
 * @returns {SVGElement}
 */
export function draw(what, attributes = {}, ...children) {
  const [tag = "", ...classes] = what.split(".");
  return fill(/** @type {SVGElement} */ (document.createElementNS(SVG, tag)), classes, attributes, children);
}

/**
 * @template {Element} Made
 * @param {Made} element @param {string[]} classes @param {Attributes} attributes @param {Child[]} children
 */
function fill(element, classes, attributes, children) {
  if (classes.length) element.setAttribute("class", classes.join(" "));
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
