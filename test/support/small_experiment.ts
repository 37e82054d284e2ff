// A grid of small runs on the first images of the sample, into files in memory.
import type { GpuEngine } from '../../runtime/engine/gpu_engine.ts';
import { readExperiment } from '../../src/experiment/read_experiment.ts';
import { runExperiment } from '../../src/experiment/run.ts';
import type { ExperimentTable } from '../../src/experiment/table.ts';
import { memoryFiles, type MemoryFiles } from './memory_files.ts';
import { readRepositoryFile } from './repository.ts';

export const DIR = 'out';

const CELL = [
  ['sep_conv_3x3', 0, 2],
  ['max_pool_3x3', 1, 2],
];

/**
 * Two architectures, of which one is trained, and a group of random ones; two policies, four methods, two seeds. Random
 * search takes the shared weights of the other policy, so that there are two searches.
 */
export const SMALL_GRID = {
  name: 'small | grid',
  description: 'A test.',
  seeds: [1, 2],
  search: { preset: 'quick', channels: 2, nodes: 1, batch: 8, epochs: 2, maxSteps: 2, logEvery: 1 },
  derive: { candidates: 2 },
  train: { cells: { channels: 2, layers: 3, batch: 16, epochs: 1, maxSteps: 2, logEvery: 1 } },
  methods: ['/', { name: 'NAT', policy: 'gcn' }, { name: 'greedy', policy: 'gcn', derive: 'max' }, { name: 'chance', policy: 'random' }, { name: 'one draw', policy: 'random', derive: { candidates: 1 }, search: { entropy: 1 } }], // prettier-ignore
  architectures: [
    {
      genotype: { name: 'one', normal: CELL, normal_concat: [2], reduce: CELL, reduce_concat: [2] },
      methods: ['/', 'NAT'],
      published: { '/': '93.5' },
    },
    {
      arch: 'cells/two.json',
      train: false,
      channels: 8,
      methods: ['/', 'NAT', 'greedy', 'chance'],
    },
    { random: 2, seed: 5, label: 'drawn', train: false, methods: ['/', 'chance', 'one draw'] },
  ],
  hypotheses: [
    { claim: 'a choice helps', architecture: 'drawn', method: 'chance', over: 'one draw', margin: 100 },
    { claim: 'chance helps', architecture: 'drawn', method: 'chance', over: '/' },
  ],
};

const TWO = {
  normal: [['conv_3x3', 0, 2], ['skip_connect', 1, 2]], // prettier-ignore
  normal_concat: [2],
  reduce: CELL,
  reduce_concat: [2],
};

const RECORD = 3073;
const IMAGES: Readonly<Record<string, number>> = { train: 60, test: 20 };

/** The first records of a file of the sample. */
async function readAsset(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const name = path.replace('sample/', '');
  const count = IMAGES[name.replace('.bin', '')]!;
  return new Uint8Array(readRepositoryFile(`src/data/sample/${name}`)).slice(0, RECORD * count);
}

/** Files with an experiment at `grid/file.json`, and the cell that it names. */
export function experimentFiles(source: object = SMALL_GRID): MemoryFiles {
  const files = memoryFiles();
  const put = (path: string, value: object) =>
    files.contents.set(path, new TextEncoder().encode(JSON.stringify(value)));
  put('grid/file.json', source);
  put('grid/cells/two.json', TWO);
  return files;
}

/** Runs or goes on; null where it was interrupted after `stopAfter` reports of progress. */
export async function runSmallGrid(
  engine: GpuEngine,
  files: MemoryFiles,
  {
    stopAfter = Infinity,
    onBegin = () => {},
    onNote = () => {},
  }: { stopAfter?: number; onBegin?: (what: string) => void; onNote?: (line: string) => void } = {},
): Promise<ExperimentTable | null> {
  let reports = 0;
  // the engine outlives the runs
  const kept = Object.create(engine, { destroy: { value: () => {} } }) as GpuEngine;
  return runExperiment({
    experiment: await readExperiment(files, 'grid/file.json'),
    dir: DIR,
    sources: {
      files,
      readAsset,
      openDecoder: () => {
        throw new Error('there are no image files');
      },
      damaged: () => {},
    },
    openEngine: async () => kept,
    environment: ({ info }) => ({ adapter: { name: info.name } }),
    observer: {
      begins: onBegin,
      note: onNote,
      progress: () => reports++,
      now: () => performance.now(),
      interrupted: () => reports >= stopAfter,
    },
  });
}

export const textIn = (files: MemoryFiles, path: string): string =>
  new TextDecoder().decode(files.contents.get(path)!);
