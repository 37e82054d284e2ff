// A search that another program trained, made a run folder: what it judges is what the run judges that the weights are from.
// Seed 7.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { openFinishedRun } from '../src/derive/finished_run.ts';
import { parseSafetensors, type TensorData, type Tensors } from '../src/io/safetensors.ts';
import { readFinishedRun } from '../src/run/run_folder.ts';
import { importSearch } from '../src/search/import_run.ts';
import { testEngine } from './support/device.ts';
import { memoryFiles } from './support/memory_files.ts';
import { refusal } from './support/run_stand_in.ts';
import { fileOf, RUN, runSmall, sample, TINY } from './support/search_run.ts';
import { TINY_ARCHITECTURE } from './support/tiny_architecture.ts';

const CONFIG = { ...TINY, epochs: 1 };
const trained = (async () => runSmall(await testEngine(), CONFIG))();

const tensorsOf = async (name: string): Promise<Tensors> =>
  parseSafetensors(Uint8Array.from(fileOf(await trained, name)), name).tensors;

async function importing(change: (weights: Record<string, TensorData>) => void, config = CONFIG) {
  const files = memoryFiles();
  const weights = { ...(await tensorsOf('weights.safetensors')) };
  change(weights);
  await importSearch({
    files,
    dir: RUN,
    config,
    data: sample,
    weights: { path: 'w.safetensors', tensors: weights },
    policy: { path: 'p.safetensors', tensors: await tensorsOf('policy.safetensors') },
  });
  return files;
}

/** What a run makes of an architecture. */
async function judgement(files: ReturnType<typeof memoryFiles>) {
  const engine = await testEngine();
  const run = await readFinishedRun(files, RUN);
  const evaluator = await openFinishedRun(engine, CONFIG, run, sample, RUN);
  return {
    probabilities: await evaluator.probabilities(TINY_ARCHITECTURE),
    accuracy: await evaluator.accuracy(TINY_ARCHITECTURE, 'test'),
  };
}

test("the authors' names, with DataParallel's prefix and unused statistics, judge as the run they are from", async () => {
  const files = await importing((weights) => {
    for (const [name, tensor] of Object.entries(weights)) {
      delete weights[name];
      weights[`module.${name}`] = tensor;
    }
    weights['module.stem.1.running_mean'] = { dtype: 'F32', shape: [12], data: new Float32Array(12) };
    weights['module.stem.1.num_batches_tracked'] = { dtype: 'I64', shape: [], data: BigInt64Array.of(3n) };
  });
  assert.equal(await judgement(files), await judgement((await trained).files));
});

test('what does not fit is refused by the name of the tensor', async () => {
  const message = async (...args: Parameters<typeof importing>) => refusal(importing(...args), UserError);
  const [first] = Object.keys(await tensorsOf('weights.safetensors'));
  assert.is(
    await message((weights) => void delete weights[first!]),
    `w.safetensors: there is no tensor '${first}'; expected [12,3,3,3]`,
  );
  assert.is(
    await message(
      (weights) => void (weights['cells.9.extra'] = { dtype: 'F32', shape: [1], data: Float32Array.of(1) }),
    ),
    "w.safetensors: tensor 'cells.9.extra' has no place here; are the settings those of the weights?",
  );
  assert.match(
    await message(() => {}, { ...CONFIG, channels: 6 }),
    /^w\.safetensors: tensor '.*' is F32 \[12,3,3,3\], expected F32 \[18,3,3,3\]$/,
  );
});

test.run();
