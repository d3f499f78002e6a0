/**
 * The only call of `fetch`.
 *
 * The page may have replaced it, so every shape of answer is survived: a throw, no promise, a rejection with anything, a
 * response that is none.
 */

import { attempt } from "./wall.js";

/**
 * Posts JSON. `answered` is called once, with the status (0: no answer) and the seconds of `Retry-After` (0: none).
 *
 * `keepalive`: the request outlives the page. Credentials: the endpoint keeps _fbp and _fbc alive by Set-Cookie, from a
 * subdomain too.
 */
export function post(url: string, body: string, keepalive: boolean, answered: (status: number, retryAfter_s: number) => void): void {
  const answer = (response?: Response) =>
    answered(
      Number(attempt(() => response?.status)) || 0,
      Number(attempt(() => response?.headers.get("retry-after"))) || 0,
    );
  const headers = { "content-type": "application/json" };
  Promise.resolve(attempt(() => fetch(url, { method: "POST", body, headers, keepalive, credentials: "include" }))).then(answer, () => answer());
}
