// What a transformation of an experiment left in its file.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { parseSealedJson } from '../io/sealed_json.ts';
import type { Derivation } from '../derive/derive.ts';
import type { Genotype } from '../arch/genotype.ts';
import { genotypeFromJson } from '../arch/genotype_file.ts';
import { type Blueprint, blueprintOf } from '../networks/registry.ts';
import type { Outcome } from './grid.ts';

export interface RecordedDerivation {
  readonly adapter: string;
  readonly output: Genotype;
  /** Under the shared weights, 0 to 1. */
  readonly accuracy: Derivation['accuracy'];
  /** Draws that were no candidates. */
  readonly refused: number;
}

/** Throws UserError where the file is damaged. */
export async function readDerivation(files: Files, path: string): Promise<RecordedDerivation> {
  const record = (await parseSealedJson(await files.readText(path), path)) as Partial<RecordedDerivation>;
  const { adapter, output, accuracy, refused } = record;
  const { selection, test } = accuracy ?? {};
  const isShare = (value: unknown): boolean => typeof value === 'number';
  const judged = [selection, test].every(
    (shares) => isShare(shares?.before) && isShare(shares?.first) && isShare(shares?.after),
  );
  if (typeof adapter !== 'string' || typeof refused !== 'number' || !judged) {
    throw new UserError(`${path}: is not the file of a transformation`);
  }
  return { adapter, output: genotypeFromJson(output, path), accuracy: accuracy!, refused };
}

/** The network of an outcome: the architecture's own, or with the cells that the transformation left. */
export async function outcomeBlueprint(files: Files, { subject, derivation }: Outcome): Promise<Blueprint> {
  const { blueprint } = subject;
  if (derivation === null) return blueprint;
  const { output } = await readDerivation(files, derivation);
  return blueprintOf(output, blueprint.setting, blueprint.network);
}
