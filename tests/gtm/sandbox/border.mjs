/**
 * The border between sandbox and page: data is copied, functions are wrapped, and everything else does not get across.
 */

/** Whether it is a plain object, of whichever page. @param {object} value */
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * @param {any} value
 * @param {(value: any) => unknown} back the way of a function's arguments
 * @param {Map<unknown, unknown>} known copies, for what refers to itself
 * @returns {any}
 */
function across(value, back, known = new Map()) {
  if (typeof value !== "object" && typeof value !== "function") return typeof value === "symbol" || typeof value === "bigint" ? undefined : value;
  if (value === null) return null;
  if (known.has(value)) return known.get(value);
  if (Array.isArray(value)) {
    /** @type {unknown[]} */
    const copy = [];
    known.set(value, copy);
    for (const one of value) copy.push(across(one, back, known));
    return copy;
  }
  const isFunction = typeof value === "function";
  if (!isFunction && !isPlain(value)) return undefined;
  // Functions keep their own properties: `fbq.queue` can be read.
  const copy = isFunction ? (/** @type {unknown[]} */ ...args) => across(value(...args.map(back)), back) : {};
  known.set(value, copy);
  for (const key of Object.keys(value)) /** @type {any} */ (copy)[key] = across(value[key], back, known);
  return copy;
}

/** From the sandbox to the page. @param {unknown} value */
export const toPage = (value) => across(value, toSandbox);

/** From the page to the sandbox. @param {unknown} value @returns {any} */
export const toSandbox = (value) => across(value, toPage);
