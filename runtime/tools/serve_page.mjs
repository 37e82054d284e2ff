// `npm run page`: serves dist/page, the page that searches; an argument names another folder of dist/ with a page.
// `PORT=8000 npm run page` chooses the port.

import { fileURLToPath } from 'node:url';
import { serveFolder } from './static_server.mjs';

const folder = fileURLToPath(new URL(`../../dist/${process.argv[2] ?? 'page'}`, import.meta.url));
const port = Number(process.env.PORT ?? 8080);

try {
  const { url } = await serveFolder(folder, port);
  console.log(`open ${url} in a browser with WebGPU; Ctrl-C ends this server`);
} catch (error) {
  const taken = /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE';
  console.error(
    taken ? `port ${port} is taken; choose another: PORT=${port + 1} npm run page` : String(error),
  );
  process.exitCode = 1;
}
