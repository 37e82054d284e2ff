// CIFAR-100 and Fashion-MNIST in the files of their authors, byte for byte, fetched into a folder and verified there. What
// is fetched lies in DIR/.download until all stand; what an interrupted run left there is used again when it is whole.
import { SourceError, fetchUrl, gunzip } from '../../runtime/host/node/fetch_archive.ts';
import { readTar } from '../../runtime/host/tar.ts';
import type { Files } from '../../runtime/host/platform.ts';
import { RunError } from '../../runtime/errors.ts';
import { sha256 } from '../io/digest.ts';
import { explainFileError } from '../io/file_errors.ts';
import { removeLeftovers } from '../io/leftovers.ts';
import { CIFAR100_FILES, parseClassNames } from './cifar100.ts';
import type { FetchContext } from './cifar10_fetch.ts';

/** Files under a name, and where they can be had. */
export interface PublishedSet {
  readonly title: string;
  /** By name: whether bytes are those of the published file. */
  readonly files: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>) => boolean | Promise<boolean>>>;
  /** Megabytes in the folder while it is brought. */
  readonly megabytes: number;
  /** Fetches into `folder`, and yields the `wanted` files. Throws SourceError where they cannot be had. */
  fetch(
    files: Files,
    folder: string,
    wanted: ReadonlySet<string>,
    context: FetchContext,
  ): AsyncIterable<{ readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }>;
}

/** A file to fetch, by which it is known; sizes are for progress. */
export interface Published {
  readonly sha256: string;
  readonly bytes: number;
}

const digestIs = (expected: string) => async (bytes: Uint8Array<ArrayBuffer>) =>
  (await sha256(bytes)) === expected;

const hasNames = (bytes: Uint8Array<ArrayBuffer>): boolean =>
  parseClassNames(new TextDecoder().decode(bytes)) !== null;

const ARCHIVE = 'cifar-100-binary.tar.gz';

/**
 * @param url of the folder with the archive
 * @param digests SHA-256 of what is in it; others than the published ones in tests
 */
export function cifar100(
  url = 'https://www.cs.toronto.edu/~kriz',
  archive: Published = {
    sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
    bytes: 168_513_733,
  },
  digests = {
    train: 'f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29',
    test: 'd8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a',
  },
): PublishedSet {
  return {
    title: 'CIFAR-100',
    megabytes: 360,
    files: {
      [CIFAR100_FILES.train]: digestIs(digests.train),
      [CIFAR100_FILES.test]: digestIs(digests.test),
      [CIFAR100_FILES.names]: hasNames,
    },
    async *fetch(_files, download, wanted, context) {
      const path = await fetchOne(url, ARCHIVE, download, archive, context);
      const baseName = (entry: string): string => entry.slice(entry.lastIndexOf('/') + 1);
      const isWanted = (entry: string): boolean => wanted.has(baseName(entry));
      for await (const { name, bytes } of readTar(gunzip(path), isWanted, ARCHIVE)) {
        yield { name: baseName(name), bytes };
      }
    },
  };
}

/** @param url of the folder with the files; both are others in tests */
export function fashionMnist(
  url = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com',
  published: Readonly<Record<string, Published>> = {
    'train-images-idx3-ubyte.gz': {
      sha256: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
      bytes: 26_421_880,
    },
    'train-labels-idx1-ubyte.gz': {
      sha256: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
      bytes: 29_515,
    },
    't10k-images-idx3-ubyte.gz': {
      sha256: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
      bytes: 4_422_102,
    },
    't10k-labels-idx1-ubyte.gz': {
      sha256: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
      bytes: 5_148,
    },
  },
): PublishedSet {
  const digests = Object.entries(published).map(([name, { sha256: digest }]) => [name, digestIs(digest)]);
  return {
    title: 'Fashion-MNIST',
    megabytes: 60,
    files: Object.fromEntries(digests),
    async *fetch(files, download, wanted, context) {
      for (const name of wanted) {
        const path = await fetchOne(url, name, download, published[name]!, context);
        yield { name, bytes: await files.readBytes(path) };
      }
    },
  };
}

/** Its path, when it is there. */
async function fetchOne(
  url: string,
  name: string,
  folder: string,
  { sha256: digest, bytes }: Published,
  { signal, onProgress }: FetchContext,
): Promise<string> {
  const path = `${folder}/${name}`;
  const kilobytes = (count: number): number => Math.floor(count / 1e3);
  await fetchUrl(`${url}/${name}`, path, {
    ...{ sha256: digest, signal },
    onProgress: (done) => onProgress(`${name}, kB`, kilobytes(done), kilobytes(bytes)),
  });
  return path;
}

/**
 * Makes `dir` hold all files of a set: keeps those that are whole, and fetches the others, whose names it returns. Throws
 * RunError where they cannot be had, or the disk is full.
 */
export async function bringPublished(
  files: Files,
  dir: string,
  set: PublishedSet,
  context: FetchContext,
): Promise<readonly string[]> {
  const { title } = set;
  const names = Object.keys(set.files);
  try {
    const wanted = new Set<string>();
    for (const [done, name] of names.entries()) {
      context.onProgress('files checked', done, names.length);
      context.signal.throwIfAborted();
      const path = `${dir}/${name}`;
      const there = await files.exists(path);
      if (there && (await set.files[name]!(await files.readBytes(path)))) continue;
      if (there) context.note(`${name} is not the published one; it is written again`);
      wanted.add(name);
    }
    const missing = new Set(wanted);
    if (wanted.size > 0) {
      await files.makeDirectory(dir);
      for await (const { name, bytes } of set.fetch(files, `${dir}/.download`, wanted, context)) {
        if (!(await set.files[name]!(bytes))) {
          throw new RunError(`data: the ${name} that was fetched is not the published one`);
        }
        await files.writeAtomic(`${dir}/${name}`, bytes);
        missing.delete(name);
        context.onProgress('files written', wanted.size - missing.size, wanted.size);
        context.signal.throwIfAborted();
      }
    }
    if (missing.size > 0) throw new RunError(`data: what was fetched holds no ${[...missing].join(', ')}`);
    await removeLeftovers(files, dir, names);
    await files.remove(`${dir}/.download`);
    return [...wanted];
  } catch (error) {
    if (context.signal.aborted) throw new RunError('data: interrupted; the same command goes on from here');
    if (error instanceof SourceError) {
      throw new RunError(
        `data: ${title} cannot be brought: ${error.message}; check the network, or put ${names.join(', ')} into ${dir} yourself`,
      );
    }
    const remedy = `${title} takes ${set.megabytes} MB there while it is brought; free some and run the same command again`;
    throw explainFileError(error, dir, remedy);
  }
}
