// The first steps of a search on two adapters: the same initial weights and the same architectures give the same
// numbers to 1e-4. Later steps part, since each rounds in its own way and training magnifies that. Of the policy it is
// the probabilities that must agree: Adam's first steps are as long where a gradient is nothing but rounding.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nodeGpu } from '../runtime/host/node/gpu_node.ts';
import { openEngine } from '../runtime/engine/open_engine.ts';
import { openFinishedRun } from '../src/derive/finished_run.ts';
import { readFinishedRun } from '../src/run/run_folder.ts';
import { missing } from './support/missing.ts';
import { runSmall, RUN, sample, textOf, TINY } from './support/search_run.ts';
import { TINY_ARCHITECTURE } from './support/tiny_architecture.ts';

const ADAPTERS = ['llvmpipe', 'swiftshader'] as const;
const TOLERANCE = 1e-4;
const CONFIG = { ...TINY, epochs: 1, maxSteps: 2, logEvery: 1 };

interface Numbers {
  readonly metrics: readonly Record<string, number | string>[];
  readonly weights: Readonly<Record<string, Float32Array>>;
  readonly probabilities: Float32Array;
}

async function firstSteps(adapter: string): Promise<Numbers> {
  const engine = await openEngine(nodeGpu(), { name: adapter });
  const { files } = await runSmall(engine, CONFIG);
  const run = await readFinishedRun(files, RUN);
  const evaluator = await openFinishedRun(engine, CONFIG, run, sample, RUN);
  const rows = textOf({ files }, 'metrics.jsonl').trim().split('\n');
  const probabilities = await evaluator.probabilities(TINY_ARCHITECTURE);
  engine.destroy();
  const weights = Object.entries(run.weights).map(([name, { data }]) => [name, data as Float32Array]);
  return { metrics: rows.map((row) => JSON.parse(row)), weights: Object.fromEntries(weights), probabilities };
}

/** The largest difference, relative to the largest value. */
function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(a[i]!));
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
  }
  return difference === 0 ? 0 : difference / largest;
}

test(`llvmpipe and SwiftShader agree on the first steps of a search (seed ${CONFIG.seed})`, async () => {
  const kinds = (await nodeGpu().listAdapters()).map(({ kind }) => kind);
  const absent = ADAPTERS.filter((adapter) => !kinds.includes(adapter));
  if (absent.length > 0) return missing(`no ${absent.join(' and no ')} on this machine`);
  const [a, b] = [await firstSteps(ADAPTERS[0]), await firstSteps(ADAPTERS[1])];

  const near = (what: string, x: ArrayLike<number>, y: ArrayLike<number>): void => {
    const difference = relativeDifference(x, y);
    assert.ok(difference <= TOLERANCE, `${what}: differs by ${difference} of the largest value`);
  };
  assert.is(a.metrics.length, 4);
  for (const [i, row] of a.metrics.entries()) {
    for (const [key, value] of Object.entries(row)) {
      const other = b.metrics[i]![key]!;
      if (typeof value === 'string') assert.is(other, value);
      else near(`line ${i + 1}, ${key}`, [value], [other as number]);
    }
  }
  for (const [name, values] of Object.entries(a.weights)) near(name, values, b.weights[name]!);
  near('probabilities', a.probabilities, b.probabilities);
});

test.run();
