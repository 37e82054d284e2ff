// A page that shows a queue: bull-board, served on this machine's loopback address alone.
import { RunError, UserError } from '../../errors.ts';
import { type QueueAddress, openBullQueue } from './bullmq.ts';

const HOST = '127.0.0.1';
const PACKAGES = '@bull-board/api @bull-board/hono hono @hono/node-server';

async function load() {
  try {
    const [api, adapter, board, hono, server, files] = await Promise.all([
      import('@bull-board/api'),
      import('@bull-board/api/bullMQAdapter'),
      import('@bull-board/hono'),
      import('hono'),
      import('@hono/node-server'),
      import('@hono/node-server/serve-static'),
    ]);
    return { ...api, ...adapter, ...board, ...hono, ...server, ...files };
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UserError(`the dashboard needs packages that are not installed; run: npm install ${PACKAGES}`);
  }
}

export interface Dashboard {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the dashboard until it is closed. Throws RunError where the port is taken. */
export async function openDashboard(
  address: QueueAddress,
  port: number,
  note: (line: string) => void,
): Promise<Dashboard> {
  const { BullMQAdapter, createBullBoard, Hono, HonoAdapter, serve, serveStatic } = await load();
  const { queue, close } = await openBullQueue(address, note);
  const board = new HonoAdapter(serveStatic);
  createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter: board });
  const app = new Hono();
  // a page elsewhere may have a name of its own resolved to this address
  app.use('*', async (context, next) => {
    const host = context.req.header('host') ?? '';
    if (/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return next();
    return context.text(`this is ${HOST}\n`, 421);
  });
  app.route('/', board.setBasePath('/').registerPlugin());
  const server = await new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const starting = serve({ fetch: app.fetch, hostname: HOST, port }, () => resolve(starting));
    starting.on('error', (error: Error & { code?: string }) =>
      reject(new RunError(`--port ${port}: cannot be served (${error.code}); choose another`)),
    );
  });
  const { port: taken } = server.address() as { port: number };
  return {
    url: `http://${HOST}:${taken}/`,
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await close();
    },
  };
}
