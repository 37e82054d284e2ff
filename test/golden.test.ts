// The engine against results of the authors' PyTorch modules in float64 (test/golden/README.md): every op, both
// optimizers, the schedule, the policy, both supernets and both networks from scratch, with the kernels of both forms.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GoldenIndex, GoldenResult } from '../src/golden/format.ts';
import { parseSafetensors } from '../src/io/safetensors.ts';
import { runGolden } from '../src/golden/run.ts';
import { testEngine } from './support/device.ts';
import { GOLDEN_DIR, GOLDEN_STEM, goldenFiles } from './support/golden.ts';

const files = await goldenFiles();
const path = `${GOLDEN_DIR}/${GOLDEN_STEM}`;
const golden: GoldenIndex = JSON.parse(await files.readText(`${path}.json`));
const { tensors } = parseSafetensors(await files.readBytes(`${path}.safetensors`), path);

/** The file cut down to one entry, so that every entry is a test of its own. */
const entries: [name: string, part: GoldenIndex][] = [
  ...golden.ops!.map((op): [string, GoldenIndex] => [op.name, { ops: [op] }]),
  ...golden.optim!.map((o): [string, GoldenIndex] => [`optimizer ${o.name}`, { optim: [o] }]),
  ['cosine schedule', { cosine: golden.cosine! }],
  ...golden.policy!.map((p): [string, GoldenIndex] => [p.name, { policy: [p] }]),
  ...golden.supernet!.map((s): [string, GoldenIndex] => [s.name, { supernet: [s] }]),
  ...golden.cell_network!.map((n): [string, GoldenIndex] => [n.name, { cell_network: [n] }]),
];

for (const [name, part] of entries) {
  for (const form of ['registers', 'tiled'] as const) {
    test(`golden: ${name} (${form})`, async () => {
      const results: GoldenResult[] = await runGolden(await testEngine(form), part, tensors);
      assert.ok(results.length > 0, 'nothing was compared');
      assert.equal(
        results.filter(({ error }) => error !== undefined),
        [],
      );
    });
  }
}

test('golden: a wrong number, an unknown op and a missing tensor are failures that say so', async () => {
  const engine = await testEngine();
  const op = golden.ops!.find(({ name }) => name === 'relu')!;
  const output = tensors[op.outputs['y']!]!;
  const wrong = Float32Array.from(output.data as Float32Array);
  wrong[0]! += 1;
  const [changed] = await runGolden(
    engine,
    { ops: [{ ...op, grads: {} }] },
    {
      ...tensors,
      [op.outputs['y']!]: { ...output, data: wrong } as typeof output,
    },
  );
  assert.match(changed!.error!, /difference/);
  const [unknown] = await runGolden(engine, { ops: [{ ...op, op: 'tanhh' }] }, tensors);
  assert.match(unknown!.error!, /unknown op 'tanhh'/);
  const [missing] = await runGolden(engine, { ops: [{ ...op, inputs: { x: 'nowhere' } }] }, tensors);
  assert.match(missing!.error!, /no tensor 'nowhere'/);
});

test.run();
