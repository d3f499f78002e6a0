/**
 * Waiting for a condition, never for a time.
 */

/** How long a condition may take before the test fails, in ms. Generous: a busy machine is no bug. */
const LIMIT_MS = 30_000;

/**
 * Asks until the answer is truthy, and gives it.
 * @template Answer
 * @param {string} what is waited for, for the message
 * @param {() => Answer | Promise<Answer>} ask
 * @param {() => unknown} [state] what to show if it never comes
 * @param {number} [limit_ms]
 * @returns {Promise<Exclude<Answer, false | null | undefined>>}
 */
export async function until(what, ask, state = () => "", limit_ms = LIMIT_MS) {
  const end_ms = Date.now() + limit_ms;
  for (;;) {
    const answer = await ask();
    if (answer) return /** @type {Exclude<Answer, false | null | undefined>} */ (answer);
    if (Date.now() > end_ms) throw new Error(`never came: ${what} ${JSON.stringify(await state(), null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
