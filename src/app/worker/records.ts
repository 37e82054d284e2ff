// What the page keeps of every run besides its run folder: runs/ID/record.json, in the run folder itself.
import type { Files } from '../../../runtime/host/platform.ts';
import { UserError } from '../../../runtime/errors.ts';
import { formatJson, parseJsonObject } from '../../io/json.ts';
import type { RunRecord } from '../protocol.ts';

const RUNS = 'runs';
const RECORD = 'record.json';

/** The run folder of a run. Throws UserError for what is no run's id. */
export function folderOf(run: string): string {
  if (!/^[a-z0-9-]+$/.test(run)) throw new UserError(`run '${run}' is not known; load the page again`);
  return `${RUNS}/${run}`;
}

/** Replaces the record of a run, whose folder is made if need be. */
export async function writeRecord(files: Files, record: RunRecord): Promise<void> {
  const folder = folderOf(record.id);
  await files.makeDirectory(folder);
  await files.writeAtomic(`${folder}/${RECORD}`, formatJson(record, RECORD));
}

/** All runs in the order in which they were made. One whose record is damaged is among them, as failed. */
export async function readRecords(files: Files): Promise<RunRecord[]> {
  if (!(await files.exists(RUNS))) return [];
  const records: RunRecord[] = [];
  for (const id of await files.list(RUNS)) {
    const record = await readRecord(files, id);
    if (record) records.push(record);
  }
  return records.sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
}

/** Null where there is no such run. */
export async function readRecord(files: Files, run: string): Promise<RunRecord | null> {
  const folder = folderOf(run);
  const path = `${folder}/${RECORD}`;
  try {
    if (!(await files.exists(path))) return null;
    const record = parseJsonObject(await files.readText(path), path) as unknown as RunRecord;
    if (record.id === run && typeof record.request === 'object' && typeof record.state === 'string')
      return record;
    throw new UserError(`${path}: is not the record of a run`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return damaged(run, error.message);
  }
}

/** Nobody knows any more what was asked. */
const damaged = (id: string, why: string): RunRecord => ({
  id,
  name: id,
  request: { kind: 'search', preset: 'quick', settings: {}, arch: 'DARTS' },
  state: 'failed',
  created: 0,
  error: `${why}; take away what files you want to keep, and delete the run`,
  progress: 0,
  digest: null,
  adapter: null,
});
