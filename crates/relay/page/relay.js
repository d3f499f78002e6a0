// The relay's answers, asked for with the admin token, which this tab alone remembers.

const KEY = "twin-relay-token";

export class TokenRefused extends Error {}

export const token = () => sessionStorage.getItem(KEY) ?? "";

/** @param {string} token */
export const remember = (token) => sessionStorage.setItem(KEY, token);

/** @param {string} path @param {RequestInit} [init] */
export async function ask(path, init = {}) {
  const answer = await fetch(path, { ...init, headers: { authorization: `Bearer ${token()}` } });
  if (answer.status === 401) throw new TokenRefused();
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}

/** @param {string} path @param {RequestInit} [init] @returns {Promise<any>} */
export const askJson = async (path, init) => (await ask(path, init)).json();

/**
 * Server-sent events. Not by EventSource, which can't show a token.
 * @param {string} path @param {(name: string, data: any) => void} hear
 */
export async function listen(path, hear) {
  const { body } = await ask(path);
  if (!body) throw new Error(`${path}: nothing`);
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`${path}: ended`);
    const blocks = (text + value).split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const name = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (name && data) hear(name, JSON.parse(data));
    }
  }
}
