/**
 * Tolerant reading of a data layer's entries: getters that throw and proxies have nothing to say.
 */

/** An object's property. */
export function get(object: unknown, key: string | number): unknown {
  try {
    return (object as Record<string | number, unknown> | undefined)?.[key];
  } catch {
    return undefined;
  }
}

/** What an id or a customer's detail can be. */
export type Value = string | number | bigint;

/** Text or a number; `undefined` for blanks and all else. */
export function value(found: unknown): Value | undefined {
  const isValue = typeof found === "bigint" || Number.isFinite(found) || (typeof found === "string" && found.trim());
  return isValue ? (found as Value) : undefined;
}

/** A number, or text that is one. */
export function number(found: unknown): number | undefined {
  const numeric = Number(value(found) ?? NaN);
  return Number.isFinite(numeric) ? numeric : undefined;
}

/** The first value under one of the names, the earlier name before the earlier object. Of a list its first. */
export function pick(objects: readonly unknown[], names: string): Value | undefined {
  for (const name of names.split(" ")) {
    for (const object of objects) {
      const found = get(object, name);
      const first = value(isList(found) ? get(found, 0) : found);
      if (first !== undefined) return first;
    }
  }
  return undefined;
}

/** Whether it is a list; a revoked proxy makes even this question throw. */
export function isList(found: unknown): boolean {
  try {
    return Array.isArray(found);
  } catch {
    return false;
  }
}
