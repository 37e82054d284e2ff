// Options of the commands that share work out over machines.
import { type QueueAddress, placeOf } from '../../runtime/host/node/bullmq.ts';
import { bucketStore } from '../../runtime/host/node/bucket_store.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import type { Store } from '../../runtime/host/store.ts';
import { readUserFile } from '../io/user_file.ts';
import { folderStore } from '../queue/folder_store.ts';

export const QUEUE_OPTIONS = {
  queue: {
    type: 'string',
    placeholder: 'URL',
    help:
      'the Redis or Valkey server: redis://HOST:PORT/DATABASE, rediss:// with TLS, or @FILE that holds it ' +
      '(@ alone, or nothing for commands that need a queue: the environment variable NAT_QUEUE)',
  },
  prefix: { type: 'string', placeholder: 'NAME', default: 'nat', help: "what the queue's keys begin with" },
} as const;

export const STORE_OPTION = {
  type: 'string',
  placeholder: 'DIR|s3://BUCKET/PREFIX',
  help: 'where all machines find checkpoints and results (the environment variable NAT_STORE)',
} as const;

/** Where the queue is; the address itself, which may hold a password, is never shown. Throws UserError. */
export async function queueAddress(
  { files, env }: Pick<Platform, 'files' | 'env'>,
  { queue, prefix }: { queue: string | undefined; prefix: string },
): Promise<QueueAddress> {
  const given = queue === undefined || queue === '@' ? (env['NAT_QUEUE'] ?? '') : queue;
  if (given === '')
    throw new UserError('--queue is missing: give redis://HOST:PORT/DATABASE, or set NAT_QUEUE');
  const url = given.startsWith('@')
    ? (await readUserFile(files, given.slice(1), `--queue ${given}`)).trim()
    : given;
  placeOf(url);
  if (!/^[\w.-]+$/.test(prefix)) {
    throw new UserError(`--prefix: got ${prefix}, expected letters, digits, '.', '_' and '-'`);
  }
  return { url, prefix };
}

/** Throws UserError where no store is given, or the bucket's keys are missing. */
export function openStore(
  { files, env }: Pick<Platform, 'files' | 'env'>,
  store: string | undefined,
): { readonly address: string; readonly store: Store } {
  const address = store ?? env['NAT_STORE'] ?? '';
  if (address === '')
    throw new UserError('--store is missing: give a folder that all machines see, or s3://BUCKET');
  return {
    address,
    store: address.startsWith('s3:') ? bucketStore(address, env) : folderStore(files, address),
  };
}
