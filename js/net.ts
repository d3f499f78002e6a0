/**
 * The only call of `fetch`.
 *
 * The page may have replaced it, so every shape of answer is survived: a throw, no promise, a rejection with anything, a
 * response that is none, and none at all.
 */

import { attempt } from "./wall.js";

/** How long an answer may take, in ms. */
export const TIMEOUT_MS = 10_000;

/**
 * Posts JSON. `answered` is called once, with the status (0: no answer), the seconds of `Retry-After` (0: none), and a promise of what
 * the endpoint says to a refusal. With nothing
 * to post it is a DELETE: the endpoint is to end what it keeps in this browser.
 *
 * `keepalive`: the request outlives the page. No referrer: a page's address may hold personal data.
 * Credentials: the endpoint keeps _fbp and _fbc alive by Set-Cookie, from a
 * subdomain too.
 */
export function post(url: string, body: string, keepalive: boolean, answered: (status: number, retryAfter_s: number, said: Promise<unknown> | undefined) => void): void {
  const cut = new AbortController();
  let isAnswered = false;
  const answer = (response?: Response) => {
    if (isAnswered) return;
    isAnswered = true;
    const status = Number(attempt(() => response?.status)) || 0;
    // Until it has ended, Chromium counts the request against its quota.
    const said = attempt(() => Promise.resolve(attempt(() => (status === 422 ? response!.text() : response?.body?.cancel()))).catch(() => {}));
    attempt(() => answered(status, Number(attempt(() => response?.headers.get("retry-after"))) || 0, said));
  };
  setTimeout(() => {
    answer();
    cut.abort();
  }, TIMEOUT_MS);
  const headers = { "content-type": "application/json" };
  Promise.resolve(attempt(() => fetch(url, { body, referrer: "", credentials: "include", method: body ? "POST" : "DELETE", keepalive, headers, signal: cut.signal }))).then(answer, () => answer());
}
