// Clipping gradients by their global norm, without reading it back: the norm's kernels leave the factor in the
// optimizer's settings, whose first element scales every gradient.
import type { Command, Engine, Region } from '../../runtime/engine/engine.ts';
import { createTensor } from '../core/allocator.ts';
import type { Tensor } from '../core/tensor.ts';

/** Partial sums: enough to fill a GPU, few enough for one invocation to add up. */
const PARTIALS = 1024;

/**
 * Records settings[0] = min(1, maxNorm / (norm of all gradients + 1e-6)), the rule of torch's clip_grad_norm_. What
 * lies between two parameters' gradients must be zero.
 */
export function recordGradientClip(
  engine: Engine,
  grads: Region,
  settings: Tensor,
  maxNorm: number,
): Command[] {
  const quads = grads.bytes / 16;
  const count = Math.min(PARTIALS, quads);
  const partials = createTensor(engine, 'norm partials', [count]);
  return [
    engine.record({
      kernel: 'norm_partials',
      bind: { x: grads, partials },
      params: { quads, partials_count: count },
      threads: [count],
    }),
    engine.record({
      kernel: 'clip_scale',
      bind: { partials, settings },
      params: { partials_count: count, max_norm: maxNorm },
      threads: [1],
    }),
  ];
}
