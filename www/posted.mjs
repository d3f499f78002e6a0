// The body of a posted form.

const MAX_BYTES = 64 * 1024;

/** A post the shop will not read; the status says why. */
export class BadPost extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** @param {import('node:http').IncomingMessage} request */
export async function readForm(request) {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new BadPost(415, 'Please send this form as application/x-www-form-urlencoded.');
  }
  /** @type {Buffer[]} */
  const chunks = [];
  let length_bytes = 0;
  for await (const chunk of request) {
    length_bytes += chunk.length;
    if (length_bytes > MAX_BYTES) throw new BadPost(413, 'This form is longer than any form of ours.');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
