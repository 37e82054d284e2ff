// Values that PyTorch's documentation gives, or that are known in closed form, where conventions could differ.
import { test } from 'uvu';
import { directAllocator } from '../src/core/allocator.ts';
import type { Op } from '../src/core/op.ts';
import { Tape } from '../src/core/tape.ts';
import type { Tensor } from '../src/core/tensor.ts';
import { ops } from '../src/ops/index.ts';
import { testEngine } from './support/device.ts';
import { download, upload } from './support/device_memory.ts';
import { near } from './support/near.ts';

async function apply<D extends string, A, S>(
  op: Op<{ readonly x: Tensor }, D, A, S>,
  shape: readonly number[],
  values: readonly number[],
  attrs: A,
): Promise<ArrayLike<number>> {
  const engine = await testEngine();
  const memory = directAllocator(engine);
  const tape = new Tape({ engine, activations: memory, scratch: memory, training: false });
  const x = upload(engine, 'x', shape, 'f32', Float32Array.from(values));
  const y = tape.apply(op, { x }, ...([attrs] as never));
  engine.submit(tape.take());
  return download(engine, y);
}

test('resizeBilinear: the example of torch.nn.Upsample, scale_factor 2, align_corners False', async () => {
  const y = await apply(ops.resizeBilinear, [1, 1, 2, 2], [1, 2, 3, 4], { height: 4, width: 4 });
  const rows = [
    [1, 1.25, 1.75, 2],
    [1.5, 1.75, 2.25, 2.5],
    [2.5, 2.75, 3.25, 3.5],
    [3, 3.25, 3.75, 4],
  ];
  near(y, rows.flat(), 1e-7, 'values');
});

test('gelu: x times the normal distribution, known to 7 digits', async () => {
  // P(1) = 0.8413447, P(2) = 0.9772499, P(-x) = 1 - P(x)
  const y = await apply(ops.gelu, [5], [-2, -1, 0, 1, 2], {});
  near(y, [-0.0455003, -0.1586553, 0, 0.8413447, 1.9544997], 1e-6, 'values');
});

test.run();
