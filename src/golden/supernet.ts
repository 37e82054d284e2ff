// Compares the supernet with the reference: logits, loss, accuracy and every weight's gradient of given
// architectures under given weights.
import type { Device } from '../../runtime/engine/engine.ts';
import { UserError } from '../../runtime/errors.ts';
import { FULLY_CONCAT_PRIMITIVES, LOOSE_END_PRIMITIVES, type Primitive } from '../arch/primitives.ts';
import { cellFromIndices } from '../arch/search_space.ts';
import { exportParameters, importParameters } from '../nn/weight_files.ts';
import { planSupernet } from '../supernet/setup.ts';
import { runSteps } from '../core/step.ts';
import { download } from '../core/transfer.ts';
import {
  compare,
  type GoldenResult,
  type GoldenSupernet,
  type GoldenTensors,
  type Names,
  NETWORK_TOLERANCE,
} from './format.ts';

const PRIMITIVE_LISTS: Readonly<Record<string, readonly Primitive[]>> = {
  FULLY_CONCAT_PRIMITIVES,
  LOOSE_END_PRIMITIVES,
};

/** The primitive list that a golden file names. Throws UserError for another name. */
export function primitiveList(name: string): readonly Primitive[] {
  const list = PRIMITIVE_LISTS[name];
  if (!list) {
    const known = Object.keys(PRIMITIVE_LISTS).join(' or ');
    throw new UserError(`golden file: primitives '${name}', expected ${known}`);
  }
  return list;
}

export async function checkGoldenSupernet(
  engine: Device,
  golden: GoldenTensors,
  entry: GoldenSupernet,
): Promise<GoldenResult[]> {
  const [batch, , imageSize] = golden.get(entry.x).shape as [number, number, number];
  const { channels, layers, nodes, classes } = entry;
  const primitives = primitiveList(entry.primitives);
  const config = { channels, layers, nodes, primitives, looseEnd: entry.loose_end, classes, imageSize };
  const { model, memory, supernet, initialise } = await planSupernet(engine, config, batch).record(engine);
  importParameters(engine, model.weights, namedTensors(golden, entry.weights), entry.name);
  runSteps(engine, initialise);
  engine.write(memory.images, golden.f32(entry.x));
  engine.write(memory.targets, golden.i32(entry.target));

  const results: GoldenResult[] = [];
  for (const [i, c] of entry.cases.entries()) {
    const name = `${entry.name}/${i}`;
    const arch = {
      normal: cellFromIndices(c.normal, primitives),
      reduce: cellFromIndices(c.reduce, primitives),
    };
    runSteps(engine, supernet.clearGradients, supernet.train(arch));
    const [logits, loss] = await download(engine, memory.logits, supernet.loss);
    results.push(compare(`${name}/logits`, logits!, golden.f32(c.logits), NETWORK_TOLERANCE));
    results.push(compare(`${name}/loss`, loss!, [c.loss], NETWORK_TOLERANCE));
    const top1 = accuracy(logits as Float32Array, golden.i32(entry.target), classes);
    results.push(compare(`${name}/top1`, [top1], [c.top1], NETWORK_TOLERANCE));
    const grads = await exportParameters(engine, model.weights, 'grads');
    results.push(...compareGrads(name, grads, golden, c.grads));
  }
  return results;
}

/** The file's tensors under parameter names. */
export const namedTensors = (golden: GoldenTensors, names: Names) =>
  Object.fromEntries(Object.entries(names).map(([name, tensor]) => [name, golden.get(tensor)]));

/** One result for every gradient that the file has. */
export function compareGrads(
  name: string,
  grads: Readonly<Record<string, { readonly data: ArrayLike<number | bigint> }>>,
  golden: GoldenTensors,
  names: Names,
): GoldenResult[] {
  return golden.entries(names).map(([parameter, want]) => {
    const got = grads[parameter];
    const label = `${name}/grad/${parameter}`;
    if (!got) return { name: label, error: `there is no parameter '${parameter}'` };
    return compare(label, got.data as ArrayLike<number>, want, NETWORK_TOLERANCE);
  });
}

/** Share of rows whose largest logit is the target's; of equal logits the first counts. */
function accuracy(logits: Float32Array, targets: Int32Array, classes: number): number {
  let hits = 0;
  targets.forEach((target, row) => {
    const scores = logits.subarray(row * classes, (row + 1) * classes);
    if (scores.indexOf(Math.max(...scores)) === target) hits++;
  });
  return hits / targets.length;
}
