// Small searches on the sample, into run folders in memory.
import type { Device } from '../../runtime/engine/engine.ts';
import { parseSample } from '../../src/data/sample.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { PAPER, type SearchConfig } from '../../src/search/config.ts';
import type { RunNeeds } from '../../src/run/observer.ts';
import type { SearchParts } from '../../src/search/parts.ts';
import { searchIntoFolder, type SearchResult } from '../../src/search/run.ts';
import { memoryFiles, type MemoryFiles } from './memory_files.ts';
import { readRepositoryFile } from './repository.ts';

export const RUN = 'run';

export const sample = parseSample(
  readRepositoryFile('src/data/sample/train.bin'),
  readRepositoryFile('src/data/sample/test.bin'),
);

/** Two epochs of three steps of each kind, of a supernet with few pieces; the policy is the paper's. */
export const TINY: SearchConfig = {
  ...PAPER,
  layers: 3,
  channels: 4,
  nodes: 2,
  batch: 8,
  epochs: 2,
  maxSteps: 3,
  trainFraction: 0.75,
  lr: 0.02,
  lrMin: 0.005,
  logEvery: 2,
  seed: 7,
};

export interface SmallRun {
  readonly files: MemoryFiles;
  readonly result: SearchResult | null;
}

/**
 * Runs a search.
 * @param stopAfter interrupts it after so many steps
 * @param onStep called after every step, with their number
 * @param planned called with what the search will need
 * @param files the folder of an interrupted run, to resume
 * @param parts what is not as the configuration names it
 * @param data the images; the sample unless given
 */
export async function runSmall(
  engine: Device,
  config: SearchConfig,
  {
    stopAfter = Infinity,
    files,
    data = sample,
    parts,
    onStep = () => {},
    planned = () => {},
  }: {
    stopAfter?: number;
    files?: MemoryFiles;
    data?: Dataset;
    parts?: SearchParts;
    onStep?: (steps: number) => void;
    planned?: (needs: RunNeeds) => void;
  } = {},
): Promise<SmallRun> {
  let steps = 0;
  const folder = files ?? memoryFiles();
  const result = await searchIntoFolder(engine, {
    config,
    data,
    ...(parts && { parts }),
    files: folder,
    dir: RUN,
    resume: files !== undefined,
    environment: { adapter: engine.info.name },
    observer: {
      planned,
      progress: () => onStep(++steps),
      now: () => performance.now(),
      interrupted: () => steps >= stopAfter,
    },
  });
  return { files: folder, result };
}

/** A file of the run folder. */
export const fileOf = ({ files }: Pick<SmallRun, 'files'>, name: string): Uint8Array =>
  files.contents.get(`${RUN}/${name}`)!;

export const textOf = (run: Pick<SmallRun, 'files'>, name: string): string =>
  new TextDecoder().decode(fileOf(run, name));
