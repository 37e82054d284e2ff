// The candidates of transformations as rows for other programs: which were drawn, what they cost, which one was chosen.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Cell } from '../arch/genotype.ts';
import { genotypeFromJson } from '../arch/genotype_file.ts';
import { type JsonObject, parseJsonObject } from '../io/json.ts';
import { derivationsIn } from '../run/records.ts';
import { DERIVED } from './main_job.ts';

/** A transformation that was drawn. The columns are stable. */
export interface CandidateRecord {
  /** Whose transformation: '.' for the folder or file that was asked about, 'derivations/NAME' in an experiment. */
  readonly run: string;
  /** In the order in which they were drawn, from 0. */
  readonly candidate: number;
  readonly chosen: boolean;
  /** On the images that choose, under the shared weights: 0 to 1. */
  readonly accuracy: number;
  /** Of the CIFAR-10 network that the genotype stands for. */
  readonly params: number;
  readonly madds: number;
  /** Milliseconds for one image by the latency table; null where there was none. */
  readonly latency: number | null;
  /** Edges whose operation or source is not that of the architecture that was given. */
  readonly changed: number;
  /** Edges [operation, from, to], as genotype files have them. */
  readonly normal: Cell;
  readonly reduce: Cell;
}

export const CANDIDATE_COLUMNS = [
  ...['run', 'candidate', 'chosen', 'accuracy', 'params', 'madds', 'latency', 'changed', 'normal', 'reduce'],
] as readonly (keyof CandidateRecord)[];

/**
 * All candidates of a main job (its run folder), of an experiment, or of what `nat derive --json` printed.
 * @param path a folder, or a file that ends in .json
 * Throws UserError where there are none.
 */
export async function readCandidates(files: Files, path: string): Promise<CandidateRecord[]> {
  if (path.endsWith('.json')) return candidatesIn(files, path, '.');
  const own = `${path}/${DERIVED}`;
  if (await files.exists(own)) return candidatesIn(files, own, '.');
  const found: CandidateRecord[] = [];
  for (const run of await derivationsIn(files, path)) {
    found.push(...(await candidatesIn(files, `${path}/${run}.json`, run)));
  }
  if (found.length > 0) return found;
  throw new UserError(
    `${path}: holds no transformation; give the folder of a main job (nat start) or of an experiment, or the file of ` +
      'nat derive --json',
  );
}

async function candidatesIn(files: Files, path: string, run: string): Promise<CandidateRecord[]> {
  const { input, output, candidates } = parseJsonObject(await files.readText(path), path);
  if (!Array.isArray(candidates) || candidates.length === 0) {
    throw new UserError(`${path}: expected a transformation, with its input, output and candidates`);
  }
  const before = genotypeFromJson(input, `${path}: input`);
  const chosen = genotypeFromJson(output, `${path}: output`);
  const cellsOf = (value: unknown, where: string) => {
    // outputs are those of the input
    const given = input as JsonObject;
    const concats = { normal_concat: given['normal_concat'], reduce_concat: given['reduce_concat'] };
    return genotypeFromJson({ ...(value as JsonObject), ...concats, name: undefined }, where);
  };
  const rows = candidates.map((candidate: JsonObject, i): CandidateRecord => {
    const where = `${path}: candidates[${i}]`;
    const { normal, reduce } = cellsOf(candidate, where);
    const number = (key: string): number => {
      const value = candidate[key];
      if (typeof value === 'number') return value;
      throw new UserError(`${where}: expected a number as ${key}`);
    };
    return {
      ...{ run, candidate: i, chosen: false, accuracy: number('accuracy') },
      ...{ params: number('params'), madds: number('madds') },
      latency: 'latency' in candidate ? number('latency') : null,
      changed: differences(before.normal, normal) + differences(before.reduce, reduce),
      ...{ normal, reduce },
    };
  });
  // drawn twice, it is the first that was chosen
  const at = rows.findIndex(
    ({ normal, reduce }) => differences(chosen.normal, normal) + differences(chosen.reduce, reduce) === 0,
  );
  return rows.map((row, i) => ({ ...row, chosen: i === at }));
}

const differences = (a: Cell, b: Cell): number =>
  a.filter((edge, i) => edge.join() !== (b[i] ?? []).join()).length;
