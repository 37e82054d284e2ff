// Experiment files: those that come with the project, what is refused and how, statistics, and Markdown.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { intermediateNodes, looseEnds } from '../src/arch/genotype.ts';
import { SUPERNET_LISTS } from '../src/arch/primitives.ts';
import type { Experiment, Hypothesis } from '../src/experiment/definition.ts';
import { layOut } from '../src/experiment/grid.ts';
import { formatTable } from '../src/experiment/markdown.ts';
import { readExperiment } from '../src/experiment/read_experiment.ts';
import { difference, statistic } from '../src/experiment/statistics.ts';
import { testHypotheses } from '../src/experiment/hypotheses.ts';
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
  const plan = ['policy_on_images', 'policy_on_images.pilot'];
  assert.equal(NAMES.sort(), [...tables, ...imagenet, ...plan].map((name) => `${name}.json`).sort());
  for (const name of NAMES.filter((each) => !each.startsWith('policy'))) {
    const { subjects, setting, seeds } = await shipped(name);
    assert.is(setting, name.includes('imagenet') ? 'imagenet' : 'cifar10', name);
    for (const { methods, label } of subjects) {
      for (const { learner, train } of methods) {
        if (!name.includes('small')) assert.ok(train, `${name}: ${label} is trained from scratch`);
        if (!learner) continue;
        const { search, derive } = learner;
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
        }
      }
    }
    if (/^(table3|section45).paper/.test(name)) assert.is(seeds.length, 5);
  }
});

test('a supernet puts out those nodes of a searched cell that its network puts out', async () => {
  for (const name of NAMES) {
    for (const { label, blueprint, methods } of (await shipped(name)).subjects) {
      const { normal, normalConcat, reduce, reduceConcat } = blueprint.genotype;
      for (const { learner } of methods) {
        if (!learner) continue;
        const output = SUPERNET_LISTS[learner.search.primitives].looseEnd ? looseEnds : intermediateNodes;
        assert.equal([output(normal), output(reduce)], [normalConcat, reduceConcat], `${name}: ${label}`);
      }
    }
  }
});

test("Table 3 has the paper's policy learners; searches: one for each that learns, seed and supernet", async () => {
  const experiment = await shipped('table3.paper.json');
  const { searches, outcomes } = layOut(experiment, 'd');
  // supernets: VGG16 with ResNet20 and MobileNetV2, DARTS, ENAS, NAONet
  assert.is(searches.length, 4 * 2 * 5);
  assert.is(new Set(searches.map(({ dir }) => dir)).size, searches.length);
  assert.is(outcomes.length, 6 * 5 * 5);
  const files = outcomes.flatMap(({ derivation, training }) =>
    [derivation, training].filter((path) => path !== null),
  );
  assert.is(new Set(files).size, files.length);
  const names = experiment.subjects[0]!.methods.map(({ name, learner }) => [
    name,
    learner?.policy,
    learner?.derive.method,
  ]);
  assert.equal(names, [
    ['/', undefined, undefined],
    ['Random Search', 'random', 'sample'],
    ['LSTM', 'lstm', 'sample'],
    ['Maximum-GCN', 'gcn', 'max'],
    ['Sampling-GCN', 'gcn', 'sample'],
  ]);
});

test('the plan for images: one search a seed, judged by images that selected nothing, and a pilot of the same', async () => {
  const experiment = await shipped('policy_on_images.json');
  const { searches, outcomes } = layOut(experiment, 'd');
  assert.equal(searches.map(({ config }) => [config.policy, config.seed]), experiment.seeds.map((seed) => ['gcn', seed])); // prettier-ignore
  // '/' and four methods on 16 architectures; DARTS and its transformation
  assert.is(outcomes.length, 6 * (5 * 16 + 2));
  assert.ok(outcomes.every(({ method, training }) => (training === null) === (method.train === null)));
  assert.is(outcomes.filter(({ training }) => training !== null).length, 6 * 2);
  for (const { method } of outcomes) {
    if (!method.learner) continue;
    const { selectImages, testImages, candidates, maxMadds } = method.learner.derive;
    assert.equal([selectImages, testImages], [1024, 2560]);
    assert.is(candidates, method.name.startsWith('one') ? 1 : 10);
    // 85% of DARTS's multiply-adds
    assert.is(maxMadds, method.name.endsWith('85%') ? Math.floor(0.85 * 528_359_040) : undefined);
  }
  assert.equal(
    experiment.hypotheses.map(({ method, over, margin }) => [method, over, margin]),
    [
      ['one draw of the policy', 'one uniform draw', 0],
      ['best of 10 draws of the policy', 'best of 10 uniform draws', 0],
      ['best of 10 draws of the policy', '/', 0],
      ['the policy under 85%', '/', 1],
    ],
  );
  const pilot = await shipped('policy_on_images.pilot.json');
  assert.equal({ ...pilot.source, name: '', description: '', seeds: [] }, { ...experiment.source, name: '', description: '', seeds: [] }); // prettier-ignore
  assert.not.ok(pilot.seeds.some((seed) => experiment.seeds.includes(seed)));
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
  const architecture = (change: object) => ({
    hypotheses: undefined,
    architectures: [{ ...first, ...change }],
  });
  const [, nat, ...others] = SMALL_GRID.methods as object[];
  const method = (change: object) => ({ methods: [{ ...nat, ...change }, '/', ...others] });
  const hypothesis = (change: object) => ({
    hypotheses: [{ claim: 'x', architecture: 'one', method: 'NAT', over: '/', ...change }],
  });
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
    [
      { hypotheses: undefined, architectures: [first, first] },
      'architectures: got "one" twice, expected no repetition',
    ],
    [
      architecture({ arch: 'DARTS' }),
      'architectures[0]: got more than one of arch, genotype and random, expected one',
    ],
    [
      architecture({ genotype: undefined }),
      'architectures[0]: got none of arch, genotype and random, expected one',
    ],
    [
      architecture({ methods: ['LSTM'] }),
      /^architectures\[0\].methods\[0\]: got "LSTM", expected one of \/, NAT/,
    ],
    [
      architecture({ train: 'no' }),
      'architectures[0].train: got "no", expected false, or an object of settings',
    ],
    [
      architecture({ train: { dropPath: 2 } }),
      'architectures[0].train.dropPath: got 2, expected a number from 0 to below 1',
    ],
    [method({ derive: 'best' }), 'methods[0].derive.method: got "best", expected one of sample, max'],
    [
      method({ derive: { candidates: 0 } }),
      'methods[0].derive.candidates: got 0, expected a whole number of 1 or more',
    ],
    [
      method({ search: { sample: 2 } }),
      "methods[0].search: 'sample' is not a known field; did you mean 'samples'?",
    ],
    [
      method({ train: { epochs: 0 } }),
      'methods[0].train.epochs: got 0, expected a whole number of 1 or more',
    ],
    [
      method({ search: { baseline: 'leave-one-out', samples: 1 } }),
      /^architectures\[0\].search.baseline: got leave-one-out, expected another baseline/,
    ],
    [
      hypothesis({ architecture: 'three' }),
      'hypotheses[0].architecture: got "three", expected one of one, two, drawn',
    ],
    [hypothesis({ method: 'LSTM' }), 'hypotheses[0].method: got "LSTM", expected one of /, NAT'],
    [hypothesis({ over: 'NAT' }), 'hypotheses[0].over: got "NAT", expected one of /'],
    [
      hypothesis({ architecture: 'two', accuracy: 'top1' }),
      /^hypotheses\[0\].method: got "NAT", expected one of/,
    ],
    [hypothesis({ margin: -1 }), 'hypotheses[0].margin: got -1, expected a number of 0 or more'],
    [{ seeds: Array.from({ length: 41 }, (_, i) => i) }, 'seeds: got 41, expected at most 40'],
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
    selection: null,
    shared: statistic([0.25, 0.3]),
    first: null,
    gain: null,
    refused: 0,
    top1Gain: null,
    top1: null,
    top5: null,
    adapters: ['llvmpipe'],
    published: null,
    genotypes: [],
  };
  const nat: Row = {
    ...row,
    method: 'NAT',
    derive: 'sample',
    selection: statistic([0.5, 0.5]),
    shared: statistic([0.3, 0.34]),
    first: statistic([0.2, 0.2]),
    gain: difference([0.3, 0.34], [0.25, 0.3]),
    refused: 3,
  };
  const hypothesis = { claim: 'better', architecture: 'A|B', method: 'NAT', over: '/', accuracy: 'shared', margin: 0 } as const; // prettier-ignore
  const table = {
    name: 'Title',
    description: 'Words.',
    adapters: ['llvmpipe'],
    seeds: [1, 2],
    rows: [row, nat],
    hypotheses: testHypotheses([hypothesis], [row, nat]),
    experiment: { data: 'sample', search: { epochs: 2 }, seeds: [1, 2] },
  };
  const text = formatTable(table);
  const elsewhere = { ...nat, adapters: ['llvmpipe', 'NVIDIA H100'] };
  const two = formatTable({
    ...table,
    adapters: ['llvmpipe', 'NVIDIA H100'],
    rows: [row, elsewhere],
  });
  assert.match(two, /\| A\\\|B \| \/ \|.*\| llvmpipe \|\n\| A\\\|B \| NAT \|.*\| llvmpipe; NVIDIA H100 \|\n/);
  assert.match(two, /do not have the same bits/);
  // Differences of 0.05 and 0.04: mean 0.045, deviation 0.0070711, t (1 degree of freedom) 12.706, so +- 0.06353.
  assert.is(
    text,
    `# Title

Words.

- adapter: llvmpipe
- data: \`"sample"\`
- search: \`{"epochs":2}\`

| architecture | method | parameters (M) | multiply-adds (M) | chosen by (%) | first draw (%) | shared weights (%) | gain (points) |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
| A\\|B | / | 3.349 | 528.4 ± 0.1 | - | - | 27.50 ± 3.54 | - |
| A\\|B | NAT | 3.349 | 528.4 ± 0.1 | 50.00 | 20.00 | 32.00 ± 2.83 | +4.50 [-1.85, 10.85], p 0.50 |

Mean and sample standard deviation over 2 seeds (1, 2). Parameters and multiply-adds are those of the whole network for one image. Shared weights: accuracy with the weights of the search, on test images that chose nothing; chosen by: the same on the images that chose among the candidates; first draw: of the first of them, on test images. Gains are over the unchanged architecture, paired by seed, with the 95% interval of the mean and the p-value of the exact sign-flip test, two-sided. 3 drawn transformations were refused: a cell's output reached by no operation.

What was to be shown, decided before: tested in this order at 5%, each only where those before it of the same architecture hold, by the exact one-sided sign-flip test on the differences plus the margin.

| claim | architecture | compared | margin (points) | difference (points) | p | |
| --- | --- | --- | ---: | ---: | ---: | --- |
| better | A\\|B | NAT over /, shared weights | 0 | +4.50 [-1.85, 10.85], p 0.50 | 0.25 | not shown |
`,
  );
});

test('hypotheses: in their order, one-sided, with a margin; what follows one that fails is not tested', () => {
  const rowOf = (method: string, top1: readonly number[]): Row => ({
    architecture: 'A',
    method,
    policy: null,
    derive: null,
    params: statistic([1]),
    madds: statistic([1]),
    selection: null,
    shared: null,
    first: null,
    gain: null,
    refused: 0,
    top1: statistic(top1),
    top5: null,
    top1Gain: null,
    adapters: ['llvmpipe'],
    published: null,
    genotypes: [],
  });
  const half = [0.5, 0.5, 0.5, 0.5, 0.5];
  const rows = [rowOf('/', half), rowOf('up', [0.6, 0.51, 0.7, 0.8, 0.9]), rowOf('down', half.map((v) => v - 0.005))]; // prettier-ignore
  const claim = (method: string, margin: number) =>
    ({ claim: method, architecture: 'A', method, over: '/', accuracy: 'top1', margin }) as const;
  const verdicts = (...hypotheses: Hypothesis[]) =>
    testHypotheses(hypotheses, rows).map(({ p, holds }) => [p, holds]);
  // Five differences of one sign: 1 of 32 patterns is as large. Half a point lower, but not by a whole one.
  assert.equal(verdicts(claim('up', 0), claim('down', 1)), [[1 / 32, true], [1 / 32, true]]); // prettier-ignore
  assert.equal(verdicts(claim('down', 0), claim('up', 0)), [[1, false], [1 / 32, null]]); // prettier-ignore
});

test.run();
