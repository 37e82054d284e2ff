// One process at a time in a folder: a file that says who is there. A process of this machine that has ended leaves its
// file behind, and the next takes the folder over; of a process elsewhere nobody here can tell whether it still runs.
//
// The file is made whole under another name and linked to its own, which only one of several processes can do, on NFS
// as well. Where a file system has no hard links it is created exclusively, so that a kill at that very moment can leave
// an empty one.
import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { RunError, UserError } from '../../errors.ts';
import type { FolderLock } from '../platform.ts';

const LOCK = 'lock.json';
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES', 'EMLINK'];

interface Holder {
  readonly process: number;
  readonly host: string;
  /** Which of a host's worlds of processes (a container is one of its own) the number belongs to; null: unknown. */
  readonly space: string | null;
  /** When the process began, in the system's own words, since numbers are used again; null: unknown. */
  readonly began: string | null;
  /** When it took the folder, for people. */
  readonly since: string;
  /** Tells one taking of the folder from another. */
  readonly token: string;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Null where the system does not say. */
async function ask(answer: () => Promise<string>): Promise<string | null> {
  try {
    return await answer();
  } catch {
    return null;
  }
}

/** When process `id` of this machine began: the boot, and clock ticks since. */
const beginningOf = (id: number): Promise<string | null> =>
  ask(async () => {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${id}/stat`, 'utf8');
    // the program's name, in parentheses, may hold anything; what follows are numbers, of which the 20th is wanted
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot.trim()} ${ticks}`;
  });

const processSpace = (): Promise<string | null> => ask(() => readlink('/proc/self/ns/pid'));

/** True where the process that took the folder has ended for certain. */
async function hasEnded(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname() || holder.space !== (await processSpace())) return false;
  try {
    process.kill(holder.process, 0);
  } catch (error) {
    // EPERM: it runs, under another user
    return codeOf(error) === 'ESRCH';
  }
  return holder.began !== null && holder.began !== (await beginningOf(holder.process));
}

/** Null where there is no such file. Throws UserError where it is none of ours. */
async function readHolder(path: string): Promise<Holder | null> {
  let text;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const holder = JSON.parse(text) as Holder;
    if (typeof holder.process === 'number' && typeof holder.token === 'string') return holder;
  } catch {
    // not JSON: as good as JSON of something else
  }
  throw new UserError(`${path}: does not say who is in this folder; remove it if no other process is`);
}

/** False where somebody else was first. */
async function place(path: string, holder: Holder): Promise<boolean> {
  const text = `${JSON.stringify(holder, null, 2)}\n`;
  const own = `${path}.${holder.token}.tmp`;
  await writeFile(own, text, { flag: 'wx' });
  try {
    await link(own, path);
    return true;
  } catch (error) {
    // ENOENT: who is in the folder took ours for a leftover
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false;
    if (!NO_HARD_LINKS.includes(codeOf(error) ?? '')) throw error;
  } finally {
    await rm(own, { force: true });
  }
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Takes away the file of a process that has ended, unless it is another's by now. */
async function clear(path: string, { token }: Holder): Promise<void> {
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  // between reading and renaming, another process may have cleared it and be in the folder: give that one's back
  if ((await readHolder(aside))?.token !== token) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

/** Removes what processes that were killed while they tried to enter have left. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(`${LOCK}.`) && name.endsWith('.tmp')) await rm(`${folder}/${name}`, { force: true });
  }
}

/** Takes `folder`, which exists, for this process. Throws UserError that says who is there. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = `${folder}/${LOCK}`;
  const holder: Holder = {
    process: process.pid,
    host: hostname(),
    space: await processSpace(),
    began: await beginningOf(process.pid),
    since: new Date().toISOString(),
    token: randomUUID(),
  };
  while (!(await place(path, holder))) {
    const other = await readHolder(path);
    if (other === null) continue;
    if (!(await hasEnded(other))) {
      const elsewhere = other.host !== holder.host || other.space !== holder.space;
      const remedy = elsewhere ? `if it has ended, remove ${path}` : 'wait for it, or stop it';
      throw new UserError(
        `${folder}: process ${other.process} on ${other.host} has been in this folder since ${other.since}; ${remedy}`,
      );
    }
    await clear(path, other);
  }
  await removeLeftovers(folder);
  const isOurs = async (): Promise<boolean> =>
    (await readHolder(path).catch(() => null))?.token === holder.token;
  return {
    async check() {
      if (await isOurs()) return;
      throw new RunError(`${path}: no longer names this process, so another may be in the folder; stopped`);
    },
    async release() {
      if (await isOurs()) await rm(path, { force: true });
    },
  };
}
