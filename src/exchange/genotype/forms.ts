// The forms in which the field writes genotypes down: which one a text has, and how each is read and written.
import type { Files } from '../../../runtime/host/platform.ts';
import { UserError } from '../../../runtime/errors.ts';
import type { Genotype } from '../../arch/genotype.ts';
import { formatGenotype, genotypeFromJson } from '../../arch/genotype_file.ts';
import { requireCell } from '../../arch/zoo/find_cell.ts';
import { type JsonObject, parseJsonObject } from '../../io/json.ts';
import { readUserFile } from '../../io/user_file.ts';
import { formatDartsGenotype, parseDartsGenotype } from './darts_text.ts';
import { formatDot } from './dot.ts';
import { formatNasBench201, parseNasBench201 } from './nasbench201.ts';
import { formatNniGenotype, isNniGenotype, nniGenotypeFromJson } from './nni.ts';

/** By the name that `nat convert --to` takes: the text of a genotype. Each throws UserError for what it cannot say. */
const WRITERS = {
  nat: formatGenotype,
  darts: formatDartsGenotype,
  nni: formatNniGenotype,
  nasbench201: formatNasBench201,
  dot: formatDot,
} as const satisfies Record<string, (genotype: Genotype) => string>;

/** The name of a form. */
export type GenotypeForm = keyof typeof WRITERS;

/** Their names, as `nat convert --to` takes them. */
export const GENOTYPE_FORMS = Object.keys(WRITERS) as readonly GenotypeForm[];

/** The text of a genotype in a form. Throws UserError where the form cannot say it. */
export const writeGenotype = (genotype: Genotype, form: GenotypeForm): string => WRITERS[form](genotype);

/**
 * The genotype of a text in any form but DOT: DARTS's Python text, a string of NAS-Bench-201, NNI's or our JSON.
 * @param label opens every error. Throws UserError
 */
export function readGenotype(text: string, label: string): Genotype {
  const start = text.trimStart();
  if (start.startsWith('|')) return parseNasBench201(text, label);
  if (start.startsWith('{')) {
    const fields: JsonObject = parseJsonObject(text, label);
    return isNniGenotype(fields) ? nniGenotypeFromJson(fields, label) : genotypeFromJson(fields, label);
  }
  if (/^(?:\s*#[^\n]*\n)*\s*(?:\w+\s*=\s*)?Genotype\s*\(/.test(text)) return parseDartsGenotype(text, label);
  throw new UserError(
    `${label}: got '${start.slice(0, 40)}', expected a genotype: Genotype(normal=[...], ...) as DARTS prints it, ` +
      'a string |op~0|+|... of NAS-Bench-201, or JSON of NNI or ours',
  );
}

/**
 * The genotype that a user names: a cell of the zoo, one of NAS-Bench-201's strings, or the path of a file in any form
 * (whatever holds a dot, slash or backslash). A file without a name of its own takes the file's. Throws UserError.
 */
export async function loadAnyGenotype(files: Files, given: string): Promise<Genotype> {
  if (given.startsWith('|')) return parseNasBench201(given, 'genotype');
  if (!/[./\\]/.test(given)) return requireCell(given);
  const label = `genotype file ${given}`;
  const genotype = readGenotype(await readUserFile(files, given, label), label);
  const fileName = given.replace(/^.*[/\\]/, '').replace(/\.\w+$/, '');
  return { name: fileName, ...genotype };
}
