// Text into HTML and into scripts: whatever a page interpolates is escaped here and nowhere else.

/** Markup that is escaped already and may be put into a page as it is. */
export class Markup {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/** @typedef {string | number | boolean | null | undefined | Markup} Piece */
/** @typedef {Piece | Piece[]} Part */
/** @typedef {{ [name: string]: Literal | undefined }} Fields */
/** @typedef {string | number | string[] | Fields | Fields[]} Literal */

/** @type {Record<string, string>} */
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** @param {string} text */
function escape(text) {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * The template tag all pages are written with. Text is escaped, markup and lists of it are kept,
 * null, undefined and booleans (the left side of `condition && …`) leave nothing behind.
 *
 * @param {TemplateStringsArray} strings
 * @param {Part[]} parts
 */
export function html(strings, ...parts) {
  return new Markup(strings.reduce((text, string, at) => text + render(parts[at - 1]) + string));
}

/** @param {Part} part @returns {string} */
function render(part) {
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(render).join('');
  if (part === null || part === undefined || typeof part === 'boolean') return '';
  return escape(String(part));
}

/**
 * Attributes, each with a space before it: true gives the bare name, false and undefined leave it out.
 *
 * @param {Record<string, string | number | boolean | undefined>} values
 */
export function attributes(values) {
  let text = '';
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === false) continue;
    text += value === true ? ` ${name}` : ` ${name}="${escape(String(value))}"`;
  }
  return new Markup(text);
}

/**
 * A value as JavaScript source for an inline script, broken into lines where it would get long.
 * Customers' text comes out exactly as entered, and cannot end the script it stands in.
 *
 * @param {Literal} value
 * @param {string} [indent]
 * @returns {string}
 */
export function literal(value, indent = '') {
  const flat = oneLine(value);
  if (typeof value !== 'object' || indent.length + flat.length <= 88) return flat;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const lines = Array.isArray(value)
    ? value.map((item) => literal(item, inner))
    : given(value).map(([key, item]) => `${key}: ${literal(item, inner)}`);
  return `${open}\n${lines.map((line) => `${inner}${line},\n`).join('')}${indent}${close}`;
}

/** @param {Literal} value @returns {string} */
function oneLine(value) {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object') return scriptSafe(JSON.stringify(value));
  const fields = given(value).map(([key, item]) => `${key}: ${oneLine(item)}`);
  return fields.length ? `{ ${fields.join(', ')} }` : '{}';
}

/** @param {Fields} value */
function given(value) {
  return /** @type {[string, Literal][]} */ (Object.entries(value).filter(([, item]) => item !== undefined));
}

/** `<` could open `</script>` or `<!--`; U+2028 and U+2029 end a line in older JavaScript. @param {string} json */
function scriptSafe(json) {
  return json.replace(/[<>\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
