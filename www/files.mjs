// Files from a folder: the shop's assets and the companion's dist.
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

/**
 * Answers with the file if there is one.
 *
 * @param {string} folder
 * @param {string} name the rest of the URL's path, still percent-encoded
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @returns {Promise<boolean>} whether there was
 */
export async function serveFile(folder, name, request, response) {
  const file = inside(folder, name);
  if (!file) return false;
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile()) return false;

  const etag = `"${facts.size.toString(36)}-${Math.floor(facts.mtimeMs).toString(36)}"`;
  const headers = {
    'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    etag,
  };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return true;
  }
  const content = await readFile(file);
  response.writeHead(200, { ...headers, 'content-length': content.length }).end(content);
  return true;
}

/** The file's path, unless the name leads out of the folder or to something hidden. @param {string} folder @param {string} name */
function inside(folder, name) {
  let decoded;
  try {
    decoded = decodeURIComponent(name);
  } catch {
    return undefined;
  }
  const steps = decoded.split('/');
  if (decoded.includes('\0') || decoded.includes('\\') || steps.some((step) => step === '' || step.startsWith('.'))) return undefined;
  return path.join(folder, ...steps);
}
