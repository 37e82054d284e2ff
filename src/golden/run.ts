// Checks the engine against a whole golden file.
import type { Device } from '../../runtime/engine/engine.ts';
import { cosineLearningRate } from '../optim/schedule.ts';
import { checkGoldenCellNetwork } from './cell_network.ts';
import {
  compare,
  type GoldenCosine,
  type GoldenIndex,
  type GoldenResult,
  GoldenTensors,
  OP_TOLERANCE,
} from './format.ts';
import { checkGoldenOp } from './op_run.ts';
import { checkGoldenOptimizer } from './optimizer.ts';
import { checkGoldenPolicy } from './policy.ts';
import { checkGoldenSupernet } from './supernet.ts';
import type { Tensors } from '../io/safetensors.ts';

/** A part of a golden file: what it is called and how to check it. */
interface Part {
  readonly name: string;
  check(): Promise<GoldenResult[]> | GoldenResult[];
}

/**
 * Checks everything that the index lists; `report` hears of each part as it is done. A part that cannot be run is
 * a failure with its reason, and the rest goes on.
 */
export async function runGolden(
  engine: Device,
  index: GoldenIndex,
  tensors: Tensors,
  report: (done: number, total: number, name: string) => void = () => {},
): Promise<GoldenResult[]> {
  const golden = new GoldenTensors(tensors);
  const parts: Part[] = [
    ...(index.ops ?? []).map((op) => ({ name: op.name, check: () => checkGoldenOp(engine, golden, op) })),
    ...(index.optim ?? []).map((o) => ({
      name: o.name,
      check: () => checkGoldenOptimizer(engine, golden, o),
    })),
    ...(index.cosine ? [{ name: 'cosine', check: () => checkCosine(index.cosine!) }] : []),
    ...(index.policy ?? []).map((p) => ({ name: p.name, check: () => checkGoldenPolicy(engine, golden, p) })),
    ...(index.supernet ?? []).map((s) => ({
      name: s.name,
      check: () => checkGoldenSupernet(engine, golden, s),
    })),
    ...(index.cell_network ?? []).map((n) => ({
      name: n.name,
      check: () => checkGoldenCellNetwork(engine, golden, n),
    })),
  ];
  const results: GoldenResult[] = [];
  for (const [i, part] of parts.entries()) {
    try {
      results.push(...(await part.check()));
      engine.check();
    } catch (error) {
      results.push({ name: part.name, error: error instanceof Error ? error.message : String(error) });
    }
    report(i + 1, parts.length, part.name);
  }
  return results;
}

function checkCosine({ lr, eta_min, epochs, values }: GoldenCosine): GoldenResult[] {
  const got = values.map((_, epoch) => cosineLearningRate(lr, eta_min, epoch, epochs));
  return [compare('cosine', got, values, OP_TOLERANCE)];
}
