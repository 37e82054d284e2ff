// Steps traced command by command: as many events as the engine counts dispatches, in order, in the form that Perfetto
// reads; and the numbers are those of the same steps untraced.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TracingDevice } from '../runtime/engine/tracing_device.ts';
import { createTensor } from '../src/core/allocator.ts';
import { runSteps, type Step } from '../src/core/step.ts';
import { networkBuilder } from '../src/train/network.ts';
import { residentImages } from '../src/train/resident_images.ts';
import { planTraining, TrainSession } from '../src/train/session.ts';
import { traceTrainingSteps } from '../src/train/trace_steps.ts';
import { chromeTrace } from '../src/run/trace.ts';
import { planSearch, SearchSession } from '../src/search/session.ts';
import { traceSteps } from '../src/search/trace_steps.ts';
import { testEngine } from './support/device.ts';
import { requireBlueprint } from '../src/networks/registry.ts';
import { sample, TINY } from './support/search_run.ts';
import { FEW, SMALL } from './support/train_run.ts';

test('a trace has an event for every dispatch, with its part and shapes, in order (seed 7)', async () => {
  const engine = await testEngine();
  const steps = await traceSteps(engine, TINY, 64, () => performance.now());
  assert.equal(
    steps.map(({ name }) => name),
    ['step of w', 'step of theta'],
  );
  const trace = JSON.parse(JSON.stringify(chromeTrace(steps, engine.info.name)));
  assert.is(trace.otherData.adapter, engine.info.name);
  for (const row of [1, 2]) {
    const events = trace.traceEvents.filter(
      ({ tid, ph }: { tid: number; ph: string }) => tid === row && ph === 'X',
    );
    assert.is(events.length, steps[row - 1]!.commands.length);
    let last = 0;
    for (const { name, ts, dur, args, cat } of events) {
      assert.ok(ts >= last && dur >= 0, `${name} at ${ts} after ${last}`);
      last = ts;
      if (name === 'clear') continue;
      assert.is(cat, args.part ?? 'step');
      assert.ok(
        Object.values(args.tensors).every((shape) => /^\(\d+(,\d+)*\)$|^\d+ bytes$/.test(String(shape))),
      );
    }
  }
  const feed = trace.traceEvents.find(({ name }: { name: string }) => name === 'augment');
  assert.is(feed.args.tensors.y, '(8,3,32,32)');
});

test('without a clock every command has its slot, and the file says so', () => {
  const command = { kernel: 'add', call: null, time: null };
  const { traceEvents, otherData } = chromeTrace([{ name: 's', commands: [command, command] }], 'x');
  assert.equal(
    traceEvents.slice(1).map(({ ts, dur }) => [ts, dur]),
    [
      [0, 10],
      [10, 10],
    ],
  );
  assert.match(otherData['times']!, /^no clock on this adapter: the order is right/);
});

test('a traced step counts the dispatches of the engine, and computes the same (seed 7)', async () => {
  const engine = await testEngine();
  const indices = Int32Array.from({ length: TINY.batch }, (_, i) => i);
  const weightsAfter = async (traced: boolean) => {
    const tracer = new TracingDevice(engine);
    const plan = planSearch(tracer, TINY, sample.train.labels.length);
    const session = await SearchSession.open(tracer, plan, sample.train, () => 0);
    const step = async (): Promise<void> => session.weightsStep(indices, 0, 0.1);
    const before = engine.counters.dispatches;
    const commands = traced ? await tracer.trace(step) : await step();
    const dispatches = engine.counters.dispatches - before;
    if (commands) assert.is(commands.filter(({ call }) => call !== null).length, dispatches);
    return { dispatches, weights: await engine.read(session.program.model.weights.values) };
  };
  const [plain, traced] = [await weightsAfter(false), await weightsAfter(true)];
  assert.equal(traced, plain);
});

test('a trace of more commands than one query set has room for is whole, and in order', async () => {
  const engine = await testEngine();
  const tracer = new TracingDevice(engine);
  const clear = tracer.recordClear(createTensor(tracer, 'x', [1]));
  const commands = await tracer.trace(async () => {
    for (let i = 0; i < 2100; i++) tracer.submit([clear]);
  });
  assert.is(commands.length, 2100);
  const begins = commands.map(({ time }) => time?.begin ?? 0);
  assert.ok(begins.every((begin, i) => i === 0 || begin >= begins[i - 1]!));
});

test('a step of a training and an evaluated batch: as many events as dispatches, images and logits among them (seed 5)', async () => {
  const engine = await testEngine();
  const images = residentImages(FEW, SMALL);
  const build = networkBuilder(requireBlueprint(SMALL.arch, 'cifar10'), SMALL, images.format);
  const [training, evaluation, ...others] = await traceTrainingSteps(engine, build, images, SMALL);
  assert.equal(others, []);
  const kernels = (step: typeof training) => step!.commands.map(({ kernel }) => kernel);
  const own = (step: typeof training) => step!.commands.filter(({ call }) => call !== null).length;
  const { program } = await TrainSession.open(engine, planTraining(engine, build, images, SMALL));
  const dispatches = (step: Step): number => {
    const before = engine.counters.dispatches;
    runSteps(engine, step);
    return engine.counters.dispatches - before;
  };
  const batch = await program.feed.trainBatches(0, 0, 1).next();
  assert.is(own(training), dispatches(program.step(batch, 0, 0.1, 1)));
  assert.is(own(evaluation), dispatches(program.evaluate(await program.feed.testBatches().next())));
  assert.is(kernels(training)[0], 'clear');
  assert.ok(kernels(training).some((name) => name.startsWith('sgd')));
  assert.not.ok(kernels(evaluation).some((name) => /grad|sgd/.test(name)));
  const shapes = (step: typeof training) =>
    chromeTrace([step!], 'x').traceEvents.flatMap(({ args }) => Object.values(args['tensors'] ?? {}));
  for (const step of [training, evaluation]) {
    assert.ok(shapes(step).includes('(16,3,32,32)') && shapes(step).includes('(16,10)'));
  }
});

test.run();
