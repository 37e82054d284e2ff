// What tells one process of many machines from the others, and a folder that is its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/** 'HOST.PROCESS'. */
export const processName = (): string => `${hostname()}.${process.pid}`;

/** Does the work with a folder of its own, which is removed at its end. */
export async function withOwnFolder<T>(
  inside: string | undefined,
  work: (dir: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(inside ?? tmpdir(), 'nat-worker-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
