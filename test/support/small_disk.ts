// A file system of a test's own, small enough to be filled, that can be made read-only.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const SIZE = '64m';
const MIB = 2 ** 20;

export interface SmallDisk {
  /** Leaves no byte free. */
  fill(): void;
  /** Undoes `fill`. */
  empty(): void;
  setReadOnly(readOnly: boolean): void;
  remove(): void;
}

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;

/** Null where this user may mount nothing here. */
export function smallDisk(folder: string): SmallDisk | null {
  mkdirSync(folder);
  if (!mount('-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder)) return null;
  const filler = join(folder, 'filler');
  return {
    fill() {
      for (const size of [MIB, 4096, 1]) {
        const chunk = new Uint8Array(size);
        try {
          for (;;) appendFileSync(filler, chunk);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
    },
    empty: () => rmSync(filler),
    setReadOnly(readOnly) {
      // refused while somebody is in the middle of writing a file
      for (let attempt = 0; attempt < 1000; attempt++) {
        if (mount('-o', `remount,${readOnly ? 'ro' : 'rw'}`, folder)) return;
      }
      throw new Error(`${folder}: cannot be made ${readOnly ? 'read-only' : 'writable'}`);
    },
    remove: () => void spawnSync('umount', ['-l', folder]),
  };
}
