// Calls about runs: begin, pause, go on, look at what they left behind.
import { UserError } from '../../../runtime/errors.ts';
import type { Files } from '../../../runtime/host/platform.ts';
import { readJsonLines } from '../../io/json_lines.ts';
import { reportOf } from '../../report/report.ts';
import type { MetricsRow } from '../../run/observer.ts';
import type { RunRecord } from '../protocol.ts';
import type { App } from './app.ts';
import { folderOf } from './records.ts';
import type { RunQueue } from './run_queue.ts';
import type { Handlers } from './serve.ts';

type Names =
  'runs' | 'start' | 'pause' | 'resume' | 'rename' | 'remove' | 'metrics' | 'files' | 'file' | 'report';

/** @param removed hears of a run whose files are about to go */
export function runHandlers(
  { host: { files }, announce }: App,
  queue: RunQueue,
  removed: (run: string) => Promise<void>,
): Handlers<Names> {
  const require = async (run: string): Promise<RunRecord> => {
    const record = await queue.find(run);
    if (record) return record;
    throw new UserError(`run '${run}' is not here any more; load the page again`);
  };
  /** Throws UserError where another tab works on it. */
  const stop = async (run: string): Promise<RunRecord> => {
    const record = await require(run);
    if (record.state === 'running' && queue.active?.id !== run) {
      throw new UserError(`${record.name}: another tab of this page works on this run; stop it there`);
    }
    await queue.stop(run);
    return require(run);
  };
  return {
    runs: () => queue.list(),
    start: ({ request, name }) => queue.add(request, name),
    async pause({ run }) {
      const record = await stop(run);
      if (record.state === 'waiting') await queue.change(run, { state: 'paused' });
      return null;
    },
    async resume({ run }) {
      const record = await require(run);
      if (record.state !== 'paused' && record.state !== 'failed') return null;
      await queue.change(run, { state: 'waiting', error: null });
      queue.wake();
      return null;
    },
    async rename({ run, name }) {
      await require(run);
      await queue.change(run, { name });
      return null;
    },
    async remove({ run }) {
      await stop(run);
      await removed(run);
      await files.remove(folderOf(run));
      queue.forget(run);
      announce({ event: 'removed', run });
      return null;
    },
    metrics: ({ run }) => readMetrics(files, run, queue.active?.id === run ? queue.active.rows : []),
    async files({ run }) {
      const folder = folderOf(run);
      const found: { path: string; bytes: number }[] = [];
      for (const path of await files.list(folder)) {
        if (!path.endsWith('.tmp')) found.push({ path, bytes: await files.size(`${folder}/${path}`) });
      }
      return found;
    },
    async file({ run, path }) {
      if (/[/\\]/.test(path)) throw new UserError(`file '${path}': expected one of the run's own`);
      return files.readBytes(`${folderOf(run)}/${path}`);
    },
    report: async ({ run }) => reportOf(files, folderOf(run), (await require(run)).name),
  };
}

/** The lines of metrics.jsonl and, in the place of those that are of the same steps, those that are newer. */
async function readMetrics(files: Files, run: string, newer: readonly MetricsRow[]): Promise<MetricsRow[]> {
  const path = `${folderOf(run)}/metrics.jsonl`;
  const rows = (await readJsonLines(files, path)) as MetricsRow[];
  const keyOf = ({ epoch, phase, step = null }: MetricsRow): string => [epoch, phase, step].join();
  return [...new Map([...rows, ...newer].map((row) => [keyOf(row), row] as const)).values()];
}
