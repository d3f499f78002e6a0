/**
 * The wall between the companion and the shop's page: nothing of ours lets an error out.
 *
 * A module that has trapped is in no known state. It is marked dead and never called again; what can be done without it
 * goes on.
 */

let dead = false;

/** Calls into the module; `undefined` if that fails, or has failed before. */
export function enter<Result>(call: () => Result): Result | undefined {
  if (dead) return undefined;
  try {
    return call();
  } catch {
    dead = true;
    return undefined;
  }
}

/** What a call gives, or `undefined` if the page's half of it throws. */
export function attempt<Result>(call: () => Result): Result | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
