// Compares the GCN policy with the reference: the transformed cell, log pi, entropy, loss and all gradients.
import type { Device } from '../../runtime/engine/engine.ts';
import { directAllocator } from '../core/allocator.ts';
import { cellFromIndices, cellToIndices } from '../arch/search_space.ts';
import { actionSpace } from '../arch/action_space.ts';
import { NAT_TRANSITIONS } from '../arch/transitions.ts';
import { exportParameters, importParameters } from '../nn/weight_files.ts';
import { entropy } from '../ops/policy/entropy.ts';
import { logProb } from '../ops/policy/log_prob.ts';
import { gcnPolicy } from '../policy/gcn_policy.ts';
import { allocatePolicy } from '../policy/policy.ts';
import { commandsOnly, runSteps, writesOnly } from '../core/step.ts';
import { Tape } from '../core/tape.ts';
import { download, upload } from '../core/transfer.ts';
import {
  compare,
  type GoldenPolicy,
  type GoldenResult,
  type GoldenTensors,
  NETWORK_TOLERANCE,
} from './format.ts';
import { compareGrads, namedTensors, primitiveList } from './supernet.ts';

export async function checkGoldenPolicy(
  engine: Device,
  golden: GoldenTensors,
  entry: GoldenPolicy,
): Promise<GoldenResult[]> {
  const primitives = primitiveList(entry.primitives);
  const space = actionSpace(NAT_TRANSITIONS);
  const shape = (parameter: string) =>
    golden.get(entry.weights[parameter] ?? parameter).shape as [number, number];
  const sizes = {
    embedding: shape('op_hidden.weight')[1],
    features: shape('emb_attn.weight')[0],
    hidden: [shape('gc1.weight')[1], shape('gc2.weight')[1]],
  } as const;
  const options = { primitives, nodes: entry.nodes, space, cells: 1 };
  const policy = gcnPolicy(options, sizes);
  policy.weights.allocate(engine);
  importParameters(engine, policy.weights, namedTensors(golden, entry.weights), entry.name);
  const memory = allocatePolicy(engine, policy);
  runSteps(engine, memory.initialise);

  const results: GoldenResult[] = [];
  for (const [i, c] of entry.cases.entries()) {
    const name = `${entry.name}/${i}`;
    const cell = cellFromIndices(c.arch, primitives);
    const transformed = cellToIndices(space.apply(cell, c.actions_taken), primitives);
    results.push(compare(`${name}/transformed`, transformed.flat(), c.transformed.flat(), 0));

    const taken = writesOnly({ region: memory.actions, data: Int32Array.from(c.actions_taken) });
    const allocator = directAllocator(engine);
    const tape = new Tape({ engine, activations: allocator, scratch: allocator });
    const probs = policy.probabilities(tape, memory.features, null);
    const logPi = tape.apply(logProb, { probs, actions: memory.actions });
    const h = tape.apply(entropy, { probs, mask: null });
    // loss = -reward log pi - lambda H
    tape.seed(logPi, upload(engine, 'grad log pi', [1], new Float32Array([-c.reward])));
    tape.seed(h, upload(engine, 'grad entropy', [1], new Float32Array([-c.entropy_coeff])));
    tape.backward();
    const clear = engine.recordClear(policy.weights.grads);
    runSteps(engine, memory.encode([cell]), taken, commandsOnly([clear], tape.take()));

    const [gotLogPi, gotEntropy] = (await download(engine, logPi, h)).map((values) => values[0]!);
    results.push(compare(`${name}/log_prob`, [gotLogPi!], [c.log_prob], NETWORK_TOLERANCE));
    results.push(compare(`${name}/entropy`, [gotEntropy!], [c.entropy], NETWORK_TOLERANCE));
    const loss = -c.reward * gotLogPi! - c.entropy_coeff * gotEntropy!;
    results.push(compare(`${name}/loss`, [loss], [c.loss], NETWORK_TOLERANCE));
    const grads = await exportParameters(engine, policy.weights, 'grads');
    results.push(...compareGrads(name, grads, golden, c.grads));
  }
  return results;
}
