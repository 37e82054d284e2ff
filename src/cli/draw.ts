// `nat draw`: an architecture, what a transformation changed, or a whole network, as a picture.
import { UserError } from '../../runtime/errors.ts';
import { openRasteriser } from '../../runtime/host/node/rasterise.ts';
import type { Files } from '../../runtime/host/platform.ts';
import { CELL_KINDS } from '../arch/genotype.ts';
import { drawCell, drawGenotype } from '../draw/cell.ts';
import { drawFlow } from '../draw/flow.ts';
import { drawNetwork } from '../draw/network.ts';
import type { Theme } from '../draw/theme.ts';
import { drawTransformation } from '../draw/transformation.ts';
import { loadAnyGenotype } from '../exchange/genotype/forms.ts';
import { writeUserFile } from '../io/user_file.ts';
import { loadBlueprint } from '../networks/registry.ts';
import { flagName } from '../settings/setting.ts';
import { defineCommand } from './command.ts';
import type { OptionValues } from './flags.ts';
import { NETWORK_OPTIONS } from './network_options.ts';

const { setting, network, channels, layers, classes, imageSize } = NETWORK_OPTIONS;

const OPTIONS = {
  arch: {
    ...NETWORK_OPTIONS.arch,
    required: true,
    help: 'a cell (DARTS, ...) or a genotype file in any form; with --macro also a network (ResNet20, ...)',
  },
  to: { type: 'string', placeholder: 'NAME|FILE', help: 'what it became: draws both, and what changed' },
  out: {
    type: 'string',
    placeholder: 'FILE.svg|png',
    help: 'write it there (as SVG to standard output); PNG needs the npm package @resvg/resvg-js',
  },
  cell: {
    type: 'string',
    choices: ['both', ...CELL_KINDS],
    default: 'both',
    help: 'the normal cell, the reduction cell, or both',
  },
  view: {
    type: 'string',
    choices: ['graph', 'network'],
    default: 'graph',
    help: 'nodes with operations on their edges, or what is computed, as boxes: the two views of Figure 3 of the paper',
  },
  direction: { type: 'string', choices: ['right', 'down'], default: 'right', help: 'which way edges point' },
  theme: {
    type: 'string',
    choices: ['auto', 'light', 'dark'],
    default: 'auto',
    help: "colours; auto follows the reader's preference in SVG, and is light in PNG",
  },
  scale: {
    type: 'number',
    min: 0.1,
    max: 8,
    default: 2,
    help: "of a PNG: pixels for each of the picture's own",
  },
  macro: { type: 'boolean', help: 'the whole network instead of its cells, at the sizes below' },
  setting,
  network,
  channels,
  layers,
  classes,
  imageSize,
} as const;

export const draw = defineCommand({
  name: 'draw',
  summary: 'a cell, what a transformation changed, or a whole network, as SVG or PNG',
  options: OPTIONS,
  examples: [
    ['--arch DARTS --out darts.svg', 'both cells of DARTS'],
    [
      '--arch DARTS --to NAT_DARTS --cell normal --out nat.png',
      'the normal cell before and after, with what changed',
    ],
    ['--arch DARTS --to NAT_DARTS --view network --out nat.svg', 'what both compute, as boxes'],
    ['--arch DARTS --macro --layers 8 --out network.svg', 'a network of 8 cells: stem, cells, heads'],
    [
      '--arch cell.json --theme dark --direction down --out cell.svg',
      'a genotype file, dark, from top to bottom',
    ],
  ],
  async run({ files, terminal }, options) {
    const { out, theme, scale } = options;
    const isPng = out !== undefined && /\.png$/i.test(out);
    if (out !== undefined && !isPng && !/\.svg$/i.test(out)) {
      throw new UserError(`--out: got '${out}', expected a name that ends in .svg or .png`);
    }
    const rasteriser = isPng ? await openRasteriser() : null;
    const svg = await pictureOf(files, options, rasteriser && theme === 'auto' ? 'light' : (theme as Theme));
    if (out === undefined) {
      terminal.out(svg);
      return;
    }
    await writeUserFile(files, out, rasteriser ? rasteriser.png(svg, scale) : svg);
  },
});

async function pictureOf(files: Files, options: OptionValues<typeof OPTIONS>, theme: Theme): Promise<string> {
  const { arch, to, cell, macro } = options;
  if (macro) {
    if (to !== undefined) throw new UserError('--macro draws one network; leave --to out');
    const blueprint = await loadBlueprint(files, arch, options.setting, options.network ?? null);
    const { channels, layers, classes, imageSize } = options;
    return drawNetwork(blueprint, { theme, channels, layers, classes, imageSize });
  }
  for (const name of ['network', 'channels', 'layers', 'classes', 'imageSize'] as const) {
    if (options[name] !== undefined) {
      throw new UserError(`${flagName(name)} is of a whole network; add --macro, or leave it out`);
    }
  }
  const direction = options.direction as 'right' | 'down';
  const genotype = await loadAnyGenotype(files, arch);
  const cells = CELL_KINDS.filter((kind) => cell === 'both' || cell === kind);
  const after = to === undefined ? null : await loadAnyGenotype(files, to);
  if (options.view === 'network') {
    return drawFlow(after ? [genotype, after] : [genotype], { theme, direction, cells });
  }
  if (after) return drawTransformation(genotype, after, { theme, direction, cells });
  const [only] = cells;
  return cells.length === 1
    ? drawCell(genotype, only!, { theme, direction })
    : drawGenotype(genotype, { theme, direction });
}
