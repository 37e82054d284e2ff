// A forward pass after another one on the same images leaves out what both architectures have in common, and gives
// the same bits all the same. Seeds: 1 (weights), 2 (images), 3 (architectures).
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Architecture, Cell } from '../src/arch/genotype.ts';
import { FULLY_CONCAT_PRIMITIVES, LOOSE_END_PRIMITIVES } from '../src/arch/primitives.ts';
import { sampleArchitecture } from '../src/arch/search_space.ts';
import { planSupernet } from '../src/supernet/setup.ts';
import { recordInitialisation } from '../src/nn/initialise.ts';
import { createRng, type Rng } from '../src/core/rng.ts';
import { runSteps, type Step } from '../src/core/step.ts';
import { numel } from '../src/core/tensor.ts';
import { testEngine } from './support/device.ts';
import { download } from './support/device_memory.ts';
import { normal } from './support/op_inputs.ts';

const engine = await testEngine();

async function tinySupernet(looseEnd: boolean) {
  const primitives = looseEnd ? LOOSE_END_PRIMITIVES : FULLY_CONCAT_PRIMITIVES;
  const size = { channels: 4, layers: 3, nodes: 3, classes: 10, imageSize: 16 };
  const config = { ...size, primitives, looseEnd };
  const parts = await planSupernet(engine, config, 4).record(engine);
  engine.submit(recordInitialisation(engine, parts.model.weights, 1, 0));
  const { images, targets } = parts.memory;
  const rng = createRng(2, 0);
  engine.write(
    images,
    Float32Array.from({ length: numel(images.shape) }, () => normal(rng)),
  );
  engine.write(targets, Int32Array.from([3, 1, 4, 1]));
  return { ...parts, space: { nodes: config.nodes, primitives } };
}

const callsOf = ({ commands }: Step) => commands.flat();

/** The architecture with some edges turned into skip or null connections. */
function thinned(arch: Architecture, rng: Rng): Architecture {
  const thin = (cell: Cell): Cell =>
    cell.map(([op, from, to]) => {
      const dice = rng.int(6);
      return [dice === 0 ? 'null' : dice === 1 ? 'skip_connect' : op, from, to];
    });
  return { normal: thin(arch.normal), reduce: rng.int(2) === 0 ? arch.reduce : thin(arch.reduce) };
}

for (const looseEnd of [false, true]) {
  test(`what two architectures have in common is computed once (loose ends: ${looseEnd})`, async () => {
    const { supernet, memory, space } = await tinySupernet(looseEnd);
    const rng = createRng(3, Number(looseEnd));
    let saved = 0;
    for (let i = 0; i < 12; i++) {
      const beta = sampleArchitecture(space, rng);
      const alphas = [thinned(beta, rng), thinned(beta, rng)];
      const whole: unknown[] = [];
      for (const alpha of alphas) {
        runSteps(engine, supernet.forward(alpha, 'after'));
        whole.push([await download(engine, memory.logits), await download(engine, supernet.loss)]);
      }
      runSteps(engine, supernet.forward(beta, 'before'));
      let previous = beta;
      for (const [k, alpha] of alphas.entries()) {
        const step = supernet.forward(alpha, 'after', previous);
        saved += callsOf(supernet.forward(alpha, 'after')).length - callsOf(step).length;
        runSteps(engine, step);
        assert.equal(
          [await download(engine, memory.logits), await download(engine, supernet.loss)],
          whole[k],
        );
        previous = alpha;
      }
    }
    assert.ok(saved > 0, 'something is left out');
  });
}

test('the same architecture again only counts its loss', async () => {
  const { supernet, space } = await tinySupernet(false);
  const beta = sampleArchitecture(space, createRng(3, 7));
  const again = callsOf(supernet.forward(beta, 'after', beta));
  assert.equal(
    again.map(({ kernel }) => kernel),
    ['cross_entropy'],
  );
});

test.run();
