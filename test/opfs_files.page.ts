// A worker that tries the files of the origin private file system, and says what it saw.
import type { Files } from '../runtime/host/platform.ts';
import { openOpfsFiles } from '../runtime/host/browser/opfs_files.ts';

/** The code, or else the message, of what an operation is refused with; null where it is not. */
const refusal = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

async function tryFiles(files: Files) {
  const seen: Record<string, unknown> = {};
  await files.makeDirectory('a/b');
  await files.writeAtomic('a/b/text', 'first, long');
  await files.writeAtomic('a/b/text', 'second');
  seen['replaced'] = await files.readText('a/b/text');
  await files.append('a/b/log', 'one\n');
  await Promise.all([files.append('a/b/log', 'two\n'), files.append('a/b/log', 'three\n')]);
  seen['appended'] = await files.readText('a/b/log');
  await files.truncate('a/b/log', 4);
  seen['truncated'] = [await files.readText('a/b/log'), await files.size('a/b/log')];
  await files.rename('a/b/log', 'a/b/text');
  seen['renamed'] = [await files.readText('a/b/text'), await files.list('a/b')];
  await files.writeAtomic('a/b/bytes', Uint8Array.of(0, 255, 7));
  seen['bytes'] = Array.from(await files.readBytes('a/b/bytes'));
  seen['exists'] = [
    await files.exists('a'),
    await files.exists('a/b/bytes'),
    await files.exists('a/c'),
    await files.exists('a/b/bytes/d'),
  ];
  seen['refusals'] = {
    read: await refusal(files.readBytes('a/nothing')),
    size: await refusal(files.size('nowhere/nothing')),
    list: await refusal(files.list('nowhere')),
    write: await refusal(files.writeAtomic('nowhere/file', 'text')),
    folder: await refusal(files.makeDirectory('a/b/bytes/d')),
  };
  const lock = await files.lock('a');
  seen['locked'] = await refusal(files.lock('a'));
  await lock.release();
  seen['released'] = await refusal(files.lock('a'));
  await files.remove('a');
  await files.remove('a');
  seen['removed'] = await files.exists('a');
  return seen;
}

/** What the worker posts. */
export type Seen = Awaited<ReturnType<typeof tryFiles>>;

openOpfsFiles('nat-test')
  .then(tryFiles)
  .then(
    (seen) => postMessage(seen),
    (error: Error) => postMessage({ error: error.message }),
  );
