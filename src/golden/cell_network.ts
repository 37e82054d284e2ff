// Compares a network trained from scratch with the reference: both heads' logits, loss and gradients of a training
// step, then the logits in evaluation, which use the running statistics of that one step.
import { trainingTape } from '../nn/network.ts';
import type { Device } from '../../runtime/engine/engine.ts';
import { directAllocator } from '../core/allocator.ts';
import { buildCellNetwork, type CellNetwork } from '../networks/cell_network.ts';
import { genotypeFromJson } from '../arch/genotype_file.ts';
import { exportParameters, importParameters } from '../nn/weight_files.ts';
import { crossEntropy } from '../ops/loss/cross_entropy.ts';
import { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { download, upload } from '../core/transfer.ts';
import {
  compare,
  type GoldenCellNetwork,
  type GoldenResult,
  type GoldenTensors,
  NETWORK_TOLERANCE,
} from './format.ts';
import { compareGrads, namedTensors } from './supernet.ts';

export async function checkGoldenCellNetwork(
  engine: Device,
  golden: GoldenTensors,
  entry: GoldenCellNetwork,
): Promise<GoldenResult[]> {
  const { name } = entry;
  const network = load(engine, golden, entry);
  const x = golden.get(entry.x);
  const images = upload(engine, 'images', x.shape, golden.f32(entry.x));
  const targets = golden.i32(entry.target);
  const target = upload(engine, 'targets', [targets.length], targets);

  const allocator = directAllocator(engine);
  const tape = trainingTape(network, images, { engine, activations: allocator, scratch: allocator });
  const { logits, auxiliary } = network.forward(tape, images);
  const seed = (scores: Tensor, weight: number): Tensor => {
    const loss = tape.apply(crossEntropy, { logits: scores, target }, { labelSmoothing: 0 });
    tape.seed(loss, upload(engine, 'loss gradient', [1], new Float32Array([weight])));
    return loss;
  };
  const losses = [seed(logits, 1), ...(auxiliary ? [seed(auxiliary, entry.aux_weight)] : [])];
  tape.backward();
  engine.submit([engine.recordClear(network.weights.grads)], tape.take());

  const [gotLogits, ...gotLosses] = await download(engine, logits, ...losses);
  const results = [compare(`${name}/logits`, gotLogits!, golden.f32(entry.logits), NETWORK_TOLERANCE)];
  if (auxiliary && entry.logits_aux) {
    const [got] = await download(engine, auxiliary);
    results.push(compare(`${name}/logits_aux`, got!, golden.f32(entry.logits_aux), NETWORK_TOLERANCE));
  }
  const loss = gotLosses[0]![0]! + entry.aux_weight * (gotLosses[1]?.[0] ?? 0);
  results.push(compare(`${name}/loss`, [loss], [entry.loss], NETWORK_TOLERANCE));
  const grads = await exportParameters(engine, network.weights, 'grads');
  results.push(...compareGrads(name, grads, golden, entry.grads));

  const wanted = entry.logits_eval_after_one_training_forward;
  if (wanted) {
    const evaluation = new Tape({
      engine,
      activations: allocator,
      scratch: allocator,
      training: false,
      batchStatistics: false,
    });
    const after = network.forward(evaluation, images);
    engine.submit(evaluation.take());
    const [got] = await download(engine, after.logits);
    results.push(compare(`${name}/logits_eval`, got!, golden.f32(wanted), NETWORK_TOLERANCE));
  }
  return results;
}

function load(engine: Device, golden: GoldenTensors, entry: GoldenCellNetwork): CellNetwork {
  const classes = golden.get(entry.weights['classifier.weight'] ?? 'classifier.weight').shape[0]!;
  const network = buildCellNetwork({
    genotype: genotypeFromJson(entry.genotype, entry.name),
    channels: entry.channels,
    layers: entry.layers,
    classes,
    imageSize: golden.get(entry.x).shape[2]!,
    auxiliary: entry.auxiliary,
  });
  const weights = namedTensors(golden, entry.weights);
  for (const store of [network.weights, network.statistics]) {
    store.allocate(engine);
    importParameters(engine, store, weights, entry.name);
  }
  return network;
}
