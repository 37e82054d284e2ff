// A small HTTP server for one folder, on this machine's loopback address only: WebGPU and modules need a page that
// comes over HTTP. It answers whatever it is asked, and nothing that it is asked ends it.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** A request must be whole within so many milliseconds, so that slow clients do not pile up. */
const PATIENCE = 10_000;

/** What a page's own policy cannot say stands here: nobody else's page may hold one of these in a frame. */
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "frame-ancestors 'none'",
};

/** The path within the folder that a request's target asks for, or null where it asks for none. */
function pathOf(target = '/') {
  let path;
  try {
    // a target that begins with // would name a host
    const { pathname } = new URL(target.replace(/^\/+/, '/'), 'http://localhost');
    path = decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  } catch {
    return null;
  }
  const parts = path.split(/[\\/]/);
  return parts.includes('..') || path.includes('\0') ? null : normalize(path).split(sep).join('/');
}

/**
 * Serves the files of `folder` until closed.
 * @param {string} folder
 * @param {number} [port] any free one where left out
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} rejects with Node's error (EADDRINUSE ...)
 */
export async function serveFolder(folder, port = 0) {
  const server = createServer(
    { requestTimeout: PATIENCE, headersTimeout: PATIENCE, connectionsCheckingInterval: PATIENCE / 4 },
    async (request, response) => {
      /** @type {(status: number, text: string) => void} */
      const refuse = (status, text) =>
        void response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain' }).end(`${text}\n`);
      // a page elsewhere may have a name of its own resolved to this address; it is not to read what is served here
      const { host } = request.headers;
      if (host !== own.host && host !== own.name) return refuse(421, `this is ${own.host}`);
      if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'only GET and HEAD');
      const path = pathOf(request.url);
      try {
        if (path === null) throw new Error('outside the folder');
        const body = await readFile(join(folder, path));
        const type = TYPES[extname(path)] ?? 'application/octet-stream';
        response
          .writeHead(200, { ...HEADERS, 'content-type': type, 'content-length': body.length })
          .end(body);
      } catch {
        refuse(404, 'no such file');
      }
    },
  );
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    else socket.destroy();
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  const own = { host: `127.0.0.1:${address.port}`, name: `localhost:${address.port}` };
  return {
    url: `http://${own.host}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
