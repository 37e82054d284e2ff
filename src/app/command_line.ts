// The command line that does in Node what a run of the page does.
import { genotypeFromJson, formatGenotype } from '../arch/genotype_file.ts';
import { flagName } from '../settings/setting.ts';
import type { GenotypeJson, RunRequest } from './protocol.ts';

const quoted = (text: string): string =>
  /^[\w./+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The name of the genotype file that a command reads, for an architecture that is none of the zoo. */
const FILE = 'architecture.json';

const architectureName = (arch: string | GenotypeJson): string => (typeof arch === 'string' ? arch : FILE);

/** The lines to type; `folder` is where the run is to lie. */
export function commandLine(request: RunRequest, folder: string): string {
  const options = Object.entries(request.settings).flatMap(([name, value]) => {
    if (value === undefined || value === false || (name === 'data' && value === 'sample')) return [];
    return value === true ? [flagName(name)] : [`${flagName(name)} ${quoted(String(value))}`];
  });
  const arch = quoted(architectureName(request.arch));
  const out = `--out ${quoted(folder)}`;
  if (request.kind === 'train') return ['nat train', `--arch ${arch}`, ...options, out].join(' ');
  const search = ['nat search', `--preset ${request.preset}`, ...options, out].join(' ');
  return `${search}\nnat derive --run ${quoted(folder)} --arch ${arch}`;
}

/** The file that the command line reads besides, where the architecture is none of the zoo. */
export function commandFile({ arch }: RunRequest): { readonly name: string; readonly text: string } | null {
  if (typeof arch === 'string') return null;
  return { name: FILE, text: formatGenotype(genotypeFromJson(arch, 'the architecture')) };
}
