// The parquet files of a folder.
import type { Files } from '../../runtime/host/platform.ts';

/** Parquet files in a folder and in those that lie in it, in the order of their names. */
export async function listParquet(files: Files, dir: string): Promise<string[]> {
  // an entry that is no folder holds nothing
  const inside = (folder: string): Promise<string[]> => files.list(folder).catch(() => []);
  const found: string[] = [];
  for (const entry of (await inside(dir)).sort()) {
    const deeper = await inside(`${dir}/${entry}`);
    found.push(entry, ...deeper.sort().map((name) => `${entry}/${name}`));
  }
  return found.filter((name) => name.endsWith('.parquet'));
}

export const hasParquet = async (files: Files, dir: string): Promise<boolean> =>
  (await listParquet(files, dir)).length > 0;
