// NAS-Bench-201: a policy that learns from half of its cells, and where its answers to a cell stand among all of them.
import { bestOfProbable } from '../../benchmark/learned_methods.ts';
import { ROW, SPACE, trainLearner } from '../../benchmark/learner.ts';
import { LESSON_SEED, lessonLearner } from '../../benchmark/lesson.ts';
import { loadBenchmarkTable } from '../../benchmark/load_table.ts';
import { createLookups } from '../../benchmark/method.ts';
import { mostProbable } from '../../benchmark/candidates.ts';
import { CAREFUL } from '../../benchmark/caution.ts';
import { meanOfBestOf10, placesIn } from '../../benchmark/place.ts';
import { CELL_COUNT, parseCell } from '../../benchmark/space.ts';
import { splitCells } from '../../benchmark/split.ts';
import type { BenchmarkTable } from '../../benchmark/table.ts';
import { bestTransformations, transformationsOf } from '../../benchmark/transformations.ts';
import { CANDIDATES } from '../../benchmark/untrained_methods.ts';
import { UserError } from '../../../runtime/errors.ts';
import { meanOf } from '../../core/statistics.ts';
import { parseSafetensors, serializeSafetensors } from '../../io/safetensors.ts';
import type { GroundTruth } from '../protocol.ts';
import type { App } from './app.ts';
import type { FinishedRuns } from './finished.ts';
import type { Handlers } from './serve.ts';

/** What the policy says of every cell, (cells, ROW): it is all that is asked of it. */
const FOLDER = 'ground_truth';
const FILE = `${FOLDER}/probabilities.safetensors`;

/** How often the page hears of the lesson, in steps. */
const TOLD_EVERY = 10;

export function groundTruthHandlers(
  { host, announce }: App,
  finished: FinishedRuns,
): Handlers<'learnTable' | 'groundTruth'> {
  const { files } = host;
  let loaded: Promise<BenchmarkTable> | null = null;
  const table = (): Promise<BenchmarkTable> => (loaded ??= loadBenchmarkTable(host));
  let truth: Promise<ReturnType<typeof groundTruthIn>> | null = null;
  /** Null where there is none, or it is damaged: it is learned again. */
  const probabilities = async (): Promise<Float32Array | null> => {
    if (!(await files.exists(FILE))) return null;
    try {
      const { data } = parseSafetensors(await files.readBytes(FILE), FILE).tensors['probabilities']!;
      return data.length === CELL_COUNT * ROW ? (data as Float32Array) : null;
    } catch (error) {
      if (error instanceof UserError) return null;
      throw error;
    }
  };
  return {
    async learnTable() {
      if (await probabilities()) return null;
      const known = await table();
      const { train } = splitCells(LESSON_SEED);
      const data = await finished.ask(
        null,
        (device) => {
          const progress = (done: number, total: number): void => {
            if (done % TOLD_EVERY === 0 || done === total) announce({ event: 'lesson', done, total });
          };
          const task = { table: known, train, seed: LESSON_SEED, device: async () => device, progress };
          return trainLearner(lessonLearner(), task);
        },
        (predict) => predict(Int32Array.from({ length: CELL_COUNT }, (_, cell) => cell)),
      );
      await files.makeDirectory(FOLDER);
      const tensor = {
        dtype: 'F32',
        shape: [CELL_COUNT, ROW],
        data: data as Float32Array<ArrayBuffer>,
      } as const;
      await files.writeAtomic(FILE, serializeSafetensors({ probabilities: tensor }));
      return null;
    },
    async groundTruth({ cell }) {
      truth ??= table().then(groundTruthIn);
      return (await truth)(parseCell(cell, 'cell'), await probabilities());
    },
  };
}

/**
 * What is true of all cells is worked out once.
 * @returns where the answers to a cell stand; `learned` are the probabilities of all cells, null where no policy has learned
 */
function groundTruthIn(table: BenchmarkTable): (cell: number, learned: Float32Array | null) => GroundTruth {
  const { test200, validation12 } = table;
  const placeOf = placesIn(table);
  const landscape = Float32Array.from(test200).sort();
  const best = bestTransformations(test200);
  const known = Float64Array.from(splitCells(LESSON_SEED).train, (each) => validation12[each]!).sort();
  return (cell, learned) => {
    const row = learned?.subarray(cell * ROW, (cell + 1) * ROW);
    const question = row && {
      ...{ cell, probabilities: row, seed: LESSON_SEED, known },
      lookups: createLookups(validation12, CANDIDATES),
    };
    return {
      landscape,
      input: placeOf(cell),
      policy: row ? placeOf(mostProbable(SPACE, cell, row, 1)[0]!) : null,
      policyBestOf10: question ? placeOf(bestOfProbable(question, CAREFUL)) : null,
      random: { accuracy: meanOf(transformationsOf(cell).map((each) => test200[each]!)) },
      randomBestOf10: { accuracy: meanOfBestOf10(table, cell) },
      oracle: placeOf(best[cell]!),
    };
  };
}
