// What a policy that is recorded for a batch says of any number of architectures.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Cell } from '../arch/genotype.ts';
import { runSteps } from '../core/step.ts';
import { download } from '../core/transfer.ts';
import type { Policy } from './policy.ts';
import type { PolicyGradient } from './policy_gradient.ts';

/** pi(. | architecture) of each, (architectures, edges of one, actions). */
export async function readProbabilities(
  device: Device,
  { batch, edges, space }: Policy,
  { forward, probabilities }: Pick<PolicyGradient, 'forward' | 'probabilities'>,
  architectures: readonly (readonly Cell[])[],
): Promise<Float32Array> {
  const each = (edges / batch) * space.count;
  const all = new Float32Array(architectures.length * each);
  for (let at = 0; at < architectures.length; at += batch) {
    const some = architectures.slice(at, at + batch);
    const filled = Array.from({ length: batch }, (_, i) => some[i] ?? some[0]!);
    runSteps(device, forward(filled.flat()));
    const [read] = await download(device, probabilities);
    all.set(read!.subarray(0, some.length * each), at * each);
  }
  return all;
}
