// `nat cost`: parameters and multiply-adds of a network, counted on the network that would be built; or the cost
// columns of the paper's tables beside our counts.
import { UserError } from '../../runtime/errors.ts';
import { millions } from '../io/format.ts';
import { type SettingName, SETTING_NAMES } from '../networks/macro_setting.ts';
import { blueprintCost, type CostRow, costTable } from '../networks/cost_table.ts';
import { loadBlueprint } from '../networks/registry.ts';
import { defineCommand, JSON_OPTION } from './command.ts';
import { suggest } from './invocation.ts';
import { ARCH_OPTION, NETWORK_OPTION } from './train_options.ts';

export const cost = defineCommand({
  name: 'cost',
  summary: 'parameters and multiply-adds of a network',
  options: {
    arch: ARCH_OPTION,
    setting: {
      type: 'string',
      choices: SETTING_NAMES,
      help: 'images of 32x32 in 10 classes, or of 224x224 in 1000 (cifar10)',
    },
    channels: {
      type: 'integer',
      min: 1,
      max: 4096,
      help: 'of the first cells (36 on cifar10, 48 on imagenet)',
    },
    layers: { type: 'integer', min: 1, max: 1000, help: 'cells (20 on cifar10, 14 on imagenet)' },
    network: NETWORK_OPTION,
    table: { type: 'boolean', help: "the paper's Tables 1 and 2, published and counted" },
    json: JSON_OPTION,
  },
  examples: [
    ['--arch DARTS', 'the CIFAR-10 network of a cell'],
    ['--arch NAT_VGG16 --setting imagenet', 'a network of the paper'],
    ['--arch DARTS --channels 16 --layers 8', 'a smaller network of the same cell'],
    ['--table', "the costs in the paper's tables beside our counts"],
  ],
  async run(platform, { arch, setting, network, channels, layers, table, json }) {
    const { files, terminal } = platform;
    if (table) {
      const others = Object.entries({ arch, network, channels, layers }).filter(
        ([, value]) => value !== undefined,
      );
      if (others.length > 0)
        throw new UserError(`--table takes no --${others[0]![0]}; leave one of them out`);
      const rows = costTable().filter((row) => setting === undefined || row.setting === setting);
      terminal.out(json ? `${JSON.stringify(rows.map(rowToJson))}\n` : describeTables(rows));
      return;
    }
    if (arch === undefined) throw new UserError('--arch is missing: --arch NAME|FILE, or --table');
    const blueprint = await loadBlueprint(files, arch, (setting ?? 'cifar10') as SettingName, network);
    const { params, madds, linearMadds } = blueprintCost(blueprint, { channels, layers });
    if (json) terminal.out(`${JSON.stringify({ params, madds })}\n`);
    else {
      terminal.out(
        `${blueprint.name}, ${blueprint.setting}\n` +
          `  parameters     ${params}\n` +
          `  multiply-adds  ${madds} for one image, ${linearMadds} of them in fully connected layers\n`,
      );
    }
    suggest(platform, { json }, [
      [['train', '--arch', arch, '--out', 'runs/train'], 'train it from scratch'],
    ]);
  },
});

/** A row with its published figures as numbers, in millions. */
function rowToJson({ params, madds, cost: own, ours, ...row }: CostRow): object {
  const published = { params: Number(params), madds: madds === null ? null : Number(madds) };
  return { ...row, published, counted: ours && { ...ours, ...own } };
}

const TITLES = { cifar10: 'CIFAR-10', imagenet: 'ImageNet' };
const WIDTHS = [13, 7, 8, 9, 9, 10, 10];

const LEGEND = `In millions. conv: multiply-adds of convolutions alone; all: those of fully connected layers too.
An = follows a count that rounds to the figure in the paper. Auxiliary heads are not counted.
`;

function describeTables(rows: readonly CostRow[]): string {
  const notes = [...new Set(rows.flatMap(({ note }) => (note === null ? [] : [note])))];
  const blocks: string[] = [];
  for (const table of [1, 2] as const) {
    for (const setting of SETTING_NAMES) {
      const some = rows.filter((row) => row.table === table && row.setting === setting);
      if (some.length === 0) continue;
      const lines = some.map((row) => describeRow(row, row.note === null ? 0 : notes.indexOf(row.note) + 1));
      const groups = columns(['', '', 'params', '', 'madds', '', '']);
      const heads = columns(['model', 'method', 'paper', 'ours', 'paper', 'conv', 'all']);
      blocks.push([`Table ${table}, ${TITLES[setting]}`, groups, heads, ...lines].join('\n'));
    }
  }
  const list = notes.map((note, i) => `  [${i + 1}] ${note}\n`).join('');
  return `${blocks.join('\n\n')}\n\n${LEGEND}${list}`;
}

function describeRow({ model, method, params, madds, cost: own, ...row }: CostRow, note: number): string {
  const cells = own
    ? [
        `${millions(own.params, 3)}${row.paramsAgree ? '=' : ' '}`,
        madds ?? '-',
        `${millions(own.madds - own.linearMadds, 1)}${row.maddsAgree === 'convolutions' ? '=' : ' '}`,
        `${millions(own.madds, 1)}${row.maddsAgree === 'all' ? '=' : ' '}`,
      ]
    : ['- ', madds ?? '-', '- ', '- '];
  return `${columns([model, method, params, ...cells])}${note > 0 ? `  [${note}]` : ''}`;
}

/** The first two to the left, the rest to the right. */
const columns = (cells: readonly string[]): string =>
  cells
    .map((cell, i) => (i < 2 ? cell.padEnd(WIDTHS[i]!) : cell.padStart(WIDTHS[i]!)))
    .join('')
    .trimEnd();
