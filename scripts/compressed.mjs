/**
 * How long files are as servers send them, compressed as far as it goes.
 */

import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** @param {Uint8Array} bytes */
export const gzipBytes = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** @param {Uint8Array} bytes */
export const brotliBytes = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
