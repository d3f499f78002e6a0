// /twin/* on the shop's own origin, handed on to the relay as a web server in front of it would.
import http from 'node:http';
import https from 'node:https';

/** These belong to one connection, not to the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'];
const TIMEOUT_MS = 30_000;

/**
 * @param {string} relayUrl
 * @param {string} path with the query
 * @param {http.IncomingMessage} request
 * @param {http.ServerResponse} response
 */
export function proxy(relayUrl, path, request, response) {
  const method = request.method ?? 'GET';
  if (!METHODS.includes(method)) {
    return fail(response, 405, 'method_not_allowed', `${method} is not for /twin/.`, { allow: METHODS.join(', ') });
  }
  const relay = new URL(relayUrl);
  const outgoing = (relay.protocol === 'https:' ? https : http).request({
    hostname: relay.hostname.replace(/^\[|\]$/g, ''),
    port: relay.port,
    path,
    method,
    headers: forwarded(request),
    // A connection for each request: a kept one may be dead when the relay was started again.
    agent: false,
    timeout: TIMEOUT_MS,
  });
  outgoing.on('response', (incoming) => {
    response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, withoutHopByHop(incoming.headers));
    incoming.on('error', () => response.destroy());
    incoming.pipe(response);
  });
  outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
  outgoing.on('error', (error) => {
    if (response.headersSent) return response.destroy();
    return fail(response, 502, 'relay_unreachable', `The relay at ${relay.origin} does not answer: ${error.message || 'connection failed'}.`);
  });
  response.on('close', () => outgoing.destroy());
  request.pipe(outgoing);
}

/** @param {http.IncomingMessage} request */
function forwarded(request) {
  const { host, 'x-forwarded-for': earlier, 'x-forwarded-proto': scheme = 'http', ...headers } = withoutHopByHop(request.headers);
  // A socket that listens on both families writes an IPv4 peer as ::ffff:192.0.2.1.
  const peer = (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/i, '');
  return {
    ...headers,
    'x-forwarded-for': earlier ? `${earlier}, ${peer}` : peer,
    // Whoever speaks TLS in front of us says so.
    'x-forwarded-proto': scheme,
    'x-forwarded-host': host ?? '',
  };
}

/** @param {http.IncomingHttpHeaders} headers */
function withoutHopByHop(headers) {
  const named = (headers.connection ?? '').toLowerCase().split(',').map((name) => name.trim());
  return /** @type {http.IncomingHttpHeaders} */ (
    Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name) && !named.includes(name)))
  );
}

/**
 * @param {http.ServerResponse} response
 * @param {number} status
 * @param {string} code
 * @param {string} message
 * @param {Record<string, string>} [headers]
 */
function fail(response, status, code, message, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers });
  response.end(JSON.stringify({ error: { code, message } }));
}
