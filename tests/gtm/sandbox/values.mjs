/**
 * What values can do in GTM's sandbox: far less than in JavaScript. A method that is not here is not there.
 */

const STRING = ["charAt", "concat", "indexOf", "lastIndexOf", "match", "replace", "search", "slice", "split", "substring", "toLowerCase", "toLocaleLowerCase", "toString", "toUpperCase", "toLocaleUpperCase", "trim"];
const ARRAY = ["concat", "every", "filter", "forEach", "hasOwnProperty", "indexOf", "join", "lastIndexOf", "map", "pop", "push", "reduce", "reduceRight", "reverse", "shift", "slice", "some", "sort", "splice", "unshift", "toString"];
const NUMBER = ["toString"];
const OBJECT = ["hasOwnProperty", "toString"];

/** Methods by the kind of their owner, for whoever only looks at code. */
export const METHODS = { STRING, ARRAY, NUMBER, OBJECT };

/** The sandbox's own word for a value's kind. @param {unknown} value */
export function kind(value) {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** A property as the sandbox reads it: a method is none. @param {any} owner @param {any} key */
export function read(owner, key) {
  if (owner === undefined || owner === null) throw new TypeError(`${owner} has no property ${String(key)}.`);
  if (typeof owner === "string" || Array.isArray(owner)) return key === "length" || /^\d+$/.test(String(key)) ? owner[key] : undefined;
  return (typeof owner === "object" || typeof owner === "function") && Object.hasOwn(owner, key) ? owner[key] : undefined;
}

/** @type {Record<string, string[]>} */
const METHODS_OF = { string: STRING, array: ARRAY, number: NUMBER, boolean: NUMBER, object: OBJECT, function: OBJECT };

/** Calls a method, or a function that is a property. @param {any} owner @param {any} key @param {unknown[]} args */
export function callMethod(owner, key, args) {
  const own = read(owner, key);
  if (typeof own === "function") return own(...args);
  if (!METHODS_OF[kind(owner)]?.includes(key)) throw new TypeError(`${kind(owner)} has no method ${String(key)}.`);
  return owner[key](...args);
}

/** @param {any} owner @param {any} key @param {unknown} value */
export function write(owner, key, value) {
  if (!["array", "object", "function"].includes(kind(owner))) throw new TypeError(`${owner} takes no property ${String(key)}.`);
  owner[key] = value;
  return value;
}

/** Copies of what `require` gives that is no function. */
export const LIBRARIES = {
  Math: pickFrom(Math, ["abs", "ceil", "floor", "max", "min", "pow", "round", "sqrt"]),
  Object: {
    ...pickFrom(Object, ["keys", "values", "entries", "freeze"]),
    delete: (/** @type {any} */ owner, /** @type {string} */ key) => Reflect.deleteProperty(owner, key),
  },
  JSON: {
    /** What is no JSON is `undefined` here, no error. @param {string} text */
    parse(text) {
      try {
        return JSON.parse(text);
      } catch {
        return undefined;
      }
    },
    stringify: (/** @type {unknown} */ value) => JSON.stringify(value),
  },
};

/** @param {any} library @param {string[]} names */
function pickFrom(library, names) {
  return Object.fromEntries(names.map((name) => [name, (/** @type {unknown[]} */ ...args) => library[name](...args)]));
}
