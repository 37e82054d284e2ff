// A run folder filled by a stand-in for training, in files that can lose power.
import { createHash } from 'node:crypto';
import * as assert from 'uvu/assert';
import { type RunError, UserError } from '../../runtime/errors.ts';
import { resumeRun, type RunFolder } from '../../src/run/run_folder.ts';
import type { Tensors } from '../../src/io/safetensors.ts';
import { memoryFiles, type MemoryFiles } from './memory_files.ts';

export const DIR = 'runs/a';
export const LAST = `${DIR}/checkpoint.safetensors`;
export const PREVIOUS = `${DIR}/checkpoint.previous.safetensors`;
export const CONFIG = { epochs: 3, lr: 0.01, policy: { hidden: 100 }, seed: 7 };
export const ENVIRONMENT = { adapter: 'llvmpipe', runtime: 'node' };
export const STEPS = 120;
export const STEPS_PER_CHECKPOINT = 50;

interface Training {
  step: number;
  weight: Float32Array<ArrayBuffer>;
}

/** A stand-in for training: the weight after a step depends on all steps before it. */
function advance({ step, weight }: Training): Training {
  const next = weight.map((value, i) =>
    Math.fround(value * 1.25 + Math.sqrt(step + i) - value * value * 0.125),
  );
  return { step: step + 1, weight: next };
}

const tensorsOf = (weight: Float32Array<ArrayBuffer>): Tensors => ({
  weight: { dtype: 'F32', shape: [weight.length], data: weight },
});

/** Trains to the end from wherever the folder stands; rows flush between checkpoints as well as at them. */
export async function train(files: MemoryFiles): Promise<void> {
  const { run, checkpoint, result } = await resumeRun(files, DIR, CONFIG, ENVIRONMENT);
  if (result) return;
  let training: Training = { step: 0, weight: new Float32Array([0.5, -0.25, 1]) };
  if (checkpoint) {
    const weight = checkpoint.tensors['weight'].data as Float32Array<ArrayBuffer>;
    training = { step: checkpoint.state['step'] as number, weight };
  }
  while (training.step < STEPS) {
    training = advance(training);
    await run.appendMetrics({ step: training.step, loss: training.weight[0], label: 'é' });
    await run.appendTiming({ step: training.step, ms: files.writes() });
    if (training.step % STEPS_PER_CHECKPOINT === 0) {
      await run.saveCheckpoint({ state: { step: training.step }, tensors: tensorsOf(training.weight) });
    }
  }
  await finish(run, training.weight);
}

async function finish(run: RunFolder, weight: Float32Array<ArrayBuffer>): Promise<void> {
  await run.finish({
    weights: tensorsOf(weight),
    policy: { logits: { dtype: 'F32', shape: [2], data: new Float32Array([1, 2]) } },
    result: { accuracy: 0.5, cell: ['skip_connect', 0, 2] },
    engine: { steps: STEPS },
  });
}

/** Digests of what must be equal after a resumed run: everything but times. */
export function lasting(files: MemoryFiles): [string, string][] {
  return [...files.contents]
    .filter(([path]) => !path.endsWith('timing.jsonl'))
    .map(([path, bytes]): [string, string] => [path, createHash('sha256').update(bytes).digest('hex')])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

export async function uninterrupted() {
  const files = memoryFiles();
  await train(files);
  return files;
}

export async function refusal(
  action: Promise<unknown>,
  kind: typeof UserError | typeof RunError = UserError,
): Promise<string> {
  try {
    await action;
  } catch (error) {
    assert.instance(error, kind);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
