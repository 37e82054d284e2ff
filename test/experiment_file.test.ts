// Experiment files: those that come with the project, what is refused and how, statistics, and Markdown.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Experiment } from '../src/experiment/definition.ts';
import { layOut } from '../src/experiment/grid.ts';
import { formatTable } from '../src/experiment/markdown.ts';
import { readExperiment } from '../src/experiment/read_experiment.ts';
import { statistic } from '../src/experiment/statistics.ts';
import type { Row } from '../src/experiment/table.ts';
import { networkCost } from '../src/networks/cost.ts';
import { buildNetwork } from '../src/networks/build_network.ts';
import { LEARNER_KINDS } from '../src/search/learners.ts';
import { PAPER } from '../src/search/config.ts';
import { readRepositoryFile, repositoryRoot } from './support/repository.ts';
import { experimentFiles, SMALL_GRID } from './support/small_experiment.ts';

const FOLDER = 'bench/experiments';
const NAMES = readdirSync(fileURLToPath(new URL(FOLDER, repositoryRoot))).filter((name) =>
  name.endsWith('.json'),
);

async function shipped(name: string): Promise<Experiment> {
  const files = experimentFiles();
  files.contents.set('x.json', new Uint8Array(readRepositoryFile(`${FOLDER}/${name}`)));
  return readExperiment(files, 'x.json');
}

test('every experiment of the project is valid', async () => {
  const tables = ['section45', 'table1', 'table2', 'table3'].flatMap((table) => [
    `${table}.paper`,
    `${table}.small`,
  ]);
  const imagenet = ['table1_imagenet.paper', 'table2_imagenet.paper'];
  assert.equal(NAMES.sort(), [...tables, ...imagenet].map((name) => `${name}.json`).sort());
  for (const name of NAMES) {
    const { subjects, setting, seeds } = await shipped(name);
    assert.is(setting, name.includes('imagenet') ? 'imagenet' : 'cifar10', name);
    for (const { search, train, label, derive } of subjects) {
      if (name.includes('small')) assert.is(search.data, 'sample');
      else {
        const {
          policy: _,
          seed: __,
          data: ___,
          transitions: ____,
          nodes: _____,
          primitives: ______,
          ...paper
        } = PAPER;
        for (const [key, value] of Object.entries(paper)) {
          assert.is(search[key as keyof typeof paper], value, `${name}: ${label}: ${key}`);
        }
        assert.is(derive.candidates, 10);
        assert.ok(train, `${name}: ${label} is trained from scratch`);
      }
    }
    if (/^(table3|section45).paper/.test(name)) assert.is(seeds.length, 5);
  }
});

test("Table 3 has the paper's policy learners, and one search for each policy, seed and supernet", async () => {
  const experiment = await shipped('table3.paper.json');
  const { searches, outcomes } = layOut(experiment, 'd');
  // supernets: VGG16 with ResNet20 and DARTS, MobileNetV2, ENAS, NAONet
  assert.is(searches.length, 4 * 3 * 5);
  assert.is(new Set(searches.map(({ dir }) => dir)).size, searches.length);
  assert.is(outcomes.length, 6 * 5 * 5);
  const files = outcomes.flatMap(({ derivation, training }) =>
    [derivation, training].filter((path) => path !== null),
  );
  assert.is(new Set(files).size, files.length);
  const names = experiment.subjects[0]!.methods.map(({ name, learner }) => [
    name,
    learner?.policy,
    learner?.derive,
  ]);
  assert.equal(names, [
    ['/', undefined, undefined],
    ['Random Search', 'random', 'sample'],
    ['LSTM', 'lstm', 'sample'],
    ['Maximum-GCN', 'gcn', 'max'],
    ['Sampling-GCN', 'gcn', 'sample'],
  ]);
});

test('the three graphs of section 4.5 are the same network', async () => {
  const { subjects } = await shipped('section45.small.json');
  assert.is(subjects.length, 6);
  for (const three of [subjects.slice(0, 3), subjects.slice(3)]) {
    const graphs = three.map(({ blueprint }) => JSON.stringify(blueprint.genotype.reduce));
    assert.is(new Set(graphs).size, 3);
    const costs = three.map(({ blueprint }) => JSON.stringify(networkCost(buildNetwork(blueprint))));
    assert.is(new Set(costs).size, 1);
  }
});

/** What is wrong with the small grid after a change. */
async function refusal(change: object): Promise<string> {
  const files = experimentFiles({ ...SMALL_GRID, ...change });
  try {
    await readExperiment(files, 'grid/file.json');
  } catch (error) {
    assert.is((error as Error).name, 'UserError', String(error));
    assert.not.match((error as Error).message, /\n/);
    return (error as Error).message.replace('experiment file grid/file.json: ', '');
  }
  return 'nothing';
}

test('what is wrong with a file is one line that names the field', async () => {
  const [first] = SMALL_GRID.architectures;
  const architecture = (change: object) => ({ architectures: [{ ...first, ...change }] });
  assert.is(await refusal({}), 'nothing');
  const cases: [object, string | RegExp][] = [
    [{ seeds: [] }, 'seeds: got [], expected a list of whole numbers'],
    [{ seeds: [1, 1] }, 'seeds: got 1 twice, expected no repetition'],
    [{ seeds: [1.5] }, 'seeds[0]: got 1.5, expected a whole number of 0 or more'],
    [{ name: '' }, 'name: got "", expected a text'],
    [{ settings: 1 }, /^'settings' is not a known field; did you mean 'setting'\?$/],
    [{ setting: 'cifar' }, 'setting: got "cifar", expected one of cifar10, imagenet'],
    [{ setting: 'imagenet' }, 'train.data: got nothing, expected the folder of the ImageNet images'],
    [{ methods: ['nat'] }, 'methods[0]: got "nat", expected \'/\' or {name, policy, derive}'],
    [
      { methods: [{ name: 'A', policy: 'gnc' }] },
      `methods[0].policy: got "gnc", expected one of ${LEARNER_KINDS.join(', ')}`,
    ],
    [{ methods: ['/', '/'] }, 'methods: got "unchanged" twice, expected no repetition'],
    [{ search: { epoch: 3 } }, "search: 'epoch' is not a known field; did you mean 'epochs'?"],
    [{ search: { seed: 3 } }, /^search: 'seed' is not a known field/],
    [{ search: { epochs: '3' } }, 'search.epochs: got "3", expected a whole number of 1 or more'],
    [{ search: { preset: 'fast' } }, 'search.preset: got "fast", expected one of quick, paper'],
    [{ search: { nodes: 1, channels: 3 } }, 'search.channels: got 3, expected an even number'],
    [
      { search: { nodes: 1, transitions: 'all' } },
      'search.transitions: got "all", expected one of nat, nat++',
    ],
    [{ derive: { candidates: 0 } }, 'derive.candidates: got 0, expected a whole number of 1 or more'],
    [
      { train: { cells: { dropPath: 2 } } },
      'train.cells.dropPath: got 2, expected a number from 0 to below 1',
    ],
    [
      { train: { cells: { schedule: 'linear' } } },
      /^train.cells.schedule: got "linear", expected one of cosine/,
    ],
    [
      { architectures: ['DARTZ'] },
      /^architectures\[0\]: architecture 'DARTZ' is not known; did you mean 'DARTS'\?/,
    ],
    [{ architectures: ['none.json'] }, 'architectures[0]: genotype file grid/none.json: no such file'],
    [{ architectures: [first, first] }, 'architectures: got "one" twice, expected no repetition'],
    [architecture({ arch: 'DARTS' }), 'architectures[0]: got both, expected arch or genotype'],
    [architecture({ genotype: undefined }), 'architectures[0]: got neither, expected arch or genotype'],
    [
      architecture({ methods: ['LSTM'] }),
      /^architectures\[0\].methods\[0\]: got "LSTM", expected one of \/, NAT/,
    ],
    [architecture({ train: 'no' }), 'architectures[0].train: got "no", expected true or false'],
    [architecture({ network: 'VGG61' }), /^architectures\[0\]: network 'VGG61' is not known/],
    [architecture({ published: { X: '1' } }), /^architectures\[0\].published: 'X' is not a known field/],
    [
      { search: { nodes: 4 } },
      'architectures[0]: one has 1 intermediate nodes, but this search space has 4; search with --nodes 1',
    ],
  ];
  for (const [change, expected] of cases) {
    const got = await refusal(change);
    if (typeof expected === 'string') assert.is(got, expected);
    else assert.match(got, expected);
  }
});

test('mean and deviation', () => {
  // (2 + 4 + 4 + 4 + 5 + 5 + 7 + 9) / 8 = 5; the squares of the differences sum to 32; 32 / 7 = 4.571428...
  const { mean, deviation } = statistic([2, 4, 4, 4, 5, 5, 7, 9]);
  assert.is(mean, 5);
  assert.ok(Math.abs(deviation! - 2.138089935299395) < 1e-15);
  assert.equal(statistic([0.25]), { mean: 0.25, deviation: null, values: [0.25] });
  assert.is(statistic([3, 3, 3]).deviation, 0);
});

test('Markdown', () => {
  const row: Row = {
    architecture: 'A|B',
    method: '/',
    policy: null,
    derive: null,
    params: statistic([3_349_342, 3_349_342]),
    madds: statistic([528_360_000, 528_460_000]),
    validation: statistic([0.25, 0.3]),
    top1: null,
    top5: null,
    published: null,
    genotypes: [],
  };
  const text = formatTable({
    name: 'Title',
    description: 'Words.',
    adapters: ['llvmpipe'],
    seeds: [1, 2],
    rows: [row, { ...row, method: 'NAT', validation: null }],
    experiment: { data: 'sample', search: { epochs: 2 }, seeds: [1, 2] },
  });
  assert.is(
    text,
    `# Title

Words.

- adapter: llvmpipe
- data: \`"sample"\`
- search: \`{"epochs":2}\`

| architecture | method | parameters (M) | multiply-adds (M) | shared weights (%) |
| --- | --- | ---: | ---: | ---: |
| A\\|B | / | 3.349 | 528.4 ± 0.1 | 27.50 ± 3.54 |
| A\\|B | NAT | 3.349 | 528.4 ± 0.1 | - |

Mean and sample standard deviation over 2 seeds (1, 2). Parameters and multiply-adds are those of the whole network for one image. Shared weights: accuracy with the weights of the search, on the images that trained the policy.
`,
  );
});

test.run();
