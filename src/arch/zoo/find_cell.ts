// Architectures by name or file. Names are read without regard to letter case, `-`, `_` and spaces.
import type { Files } from '../../../runtime/host/platform.ts';
import { UserError } from '../../../runtime/errors.ts';
import type { Genotype } from '../genotype.ts';
import { parseGenotype } from '../genotype_file.ts';
import { didYouMean } from '../../io/suggest.ts';
import { readUserFile } from '../../io/user_file.ts';
import { CELLS } from './cells.ts';

/** Other names under which the literature and its code know a cell. */
const ALIASES: Readonly<Record<string, string>> = {
  DARTS_V2: 'DARTS',
  ENAS_new: 'ENAS_repo',
  NAO: 'NAONet',
  AmoebaNet: 'AmoebaNet_A',
  PNASNet: 'PNASNet_5',
  PNAS: 'PNASNet_5',
  NASNet: 'NASNet_A',
  SNAS: 'SNAS_moderate',
  MobileNetV2: 'MobileNetV2Block',
  NAT_MobileNetV2: 'NAT_MobileNetV2Block',
  NATv2_MobileNetV2: 'NATv2_MobileNetV2Block',
  MNv2: 'MobileNetV2Block',
  NAT_MNv2: 'NAT_MobileNetV2Block',
  NATv2_MNv2: 'NATv2_MobileNetV2Block',
};

/** A name as it is compared: without letter case and separators. */
export function simplified(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}

const CELL_OF_NAME: ReadonlyMap<string, Genotype> = new Map([
  ...CELLS.map((cell) => [simplified(cell.name ?? ''), cell] as const),
  ...Object.entries(ALIASES).map(([alias, name]) => {
    return [simplified(alias), CELLS.find((cell) => cell.name === name)!] as const;
  }),
]);

/** The names of the zoo's cells, aliases left out. */
export const CELL_NAMES: readonly string[] = CELLS.map((cell) => cell.name ?? '');

/** The zoo's cell of that name or alias, or undefined. */
export function findCell(name: string): Genotype | undefined {
  return CELL_OF_NAME.get(simplified(name));
}

/** The zoo's cell of that name or alias. Throws UserError with a suggestion. */
export function requireCell(name: string): Genotype {
  const cell = findCell(name);
  if (cell !== undefined) return cell;
  const hint = didYouMean(name, [...CELL_NAMES, ...Object.keys(ALIASES)]);
  throw new UserError(
    `architecture '${name}' is not known;${hint} expected a genotype file (.json) or one of ${CELL_NAMES.join(', ')}`,
  );
}

/**
 * The architecture that a user names: a cell of the zoo, or the path of a genotype file, which is anything that
 * ends in .json or holds a slash or backslash. A file without a name of its own takes the file's. Throws UserError.
 */
export async function loadGenotype(files: Files, nameOrPath: string): Promise<Genotype> {
  if (!/\.json$|[/\\]/i.test(nameOrPath)) return requireCell(nameOrPath);
  const label = `genotype file ${nameOrPath}`;
  const genotype = parseGenotype(await readUserFile(files, nameOrPath, label), label);
  const fileName = nameOrPath.replace(/^.*[/\\]/, '').replace(/\.json$/i, '');
  return { name: fileName, ...genotype };
}
