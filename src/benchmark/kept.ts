// The figures of finished methods and seeds in a folder, one file each, so that a benchmark that was stopped goes on,
// and that several processes may share the work: whoever comes last finds what the others made.
import { UserError } from '../../runtime/errors.ts';
import type { Files } from '../../runtime/host/platform.ts';
import { sha256 } from '../io/digest.ts';
import { formatJson, jsonDifferences, type JsonObject, parseJsonObject } from '../io/json.ts';
import { formatSealedJson, parseSealedJson } from '../io/sealed_json.ts';
import type { Figures } from './judge.ts';
import { type BenchmarkMethod, methodId } from './method.ts';
import { ACCURACIES, type BenchmarkTable } from './table.ts';

export interface KeptFigures {
  /** Null where there are none, where they are damaged, or where they were made under other settings. */
  read(method: BenchmarkMethod, seed: number): Promise<Figures | null>;
  write(method: BenchmarkMethod, seed: number, figures: Figures): Promise<void>;
}

const CONFIG = 'config.json';

/**
 * The figures kept in `dir`, which is made if need be.
 * Throws UserError where the folder is that of another table, or of something else.
 */
export async function openKept(files: Files, dir: string, table: BenchmarkTable): Promise<KeptFigures> {
  const path = `${dir}/${CONFIG}`;
  const config = { benchmark: 'nasbench201', table: table.name, digest: await digestOf(table) };
  if (await files.exists(path)) {
    const [different] = jsonDifferences(parseJsonObject(await files.readText(path), path), config);
    if (different) {
      throw new UserError(
        `${dir}: ${different.key} is ${different.a} there and ${different.b} here; choose another folder`,
      );
    }
  } else {
    await files.makeDirectory(dir);
    await files.writeAtomic(path, formatJson(config, CONFIG));
  }
  const pathOf = (method: BenchmarkMethod, seed: number): string =>
    `${dir}/${methodId(method).replaceAll('/', '.')}.${seed}.json`;
  const settingsOf = ({ settings = {} }: BenchmarkMethod): JsonObject =>
    JSON.parse(formatJson(settings, 'settings')) as JsonObject;
  /** Null where the file is damaged: its figures are made again. */
  const whole = async (file: string): Promise<JsonObject | null> => {
    try {
      return await parseSealedJson(await files.readText(file), file);
    } catch (error) {
      if (error instanceof UserError) return null;
      throw error;
    }
  };
  return {
    async read(method, seed) {
      const file = pathOf(method, seed);
      if (!(await files.exists(file))) return null;
      const kept = await whole(file);
      const same = kept && jsonDifferences(kept['settings'] as JsonObject, settingsOf(method)).length === 0;
      return same ? (kept['figures'] as Figures) : null;
    },
    async write(method, seed, figures) {
      const file = pathOf(method, seed);
      const record = { settings: settingsOf(method), figures };
      await files.writeAtomic(file, await formatSealedJson(record, file));
    },
  };
}

/** Of all accuracies. */
async function digestOf(table: BenchmarkTable): Promise<string> {
  const columns = ACCURACIES.map((accuracy) => table[accuracy]);
  const all = new Float64Array(columns.reduce((sum, column) => sum + column.length, 0));
  columns.forEach((column, i) => all.set(column, i * column.length));
  return sha256(new Uint8Array(all.buffer));
}
