// Compares SGD and Adam with the reference, step by step from a start vector and given gradients.
import type { Device } from '../../runtime/engine/engine.ts';
import { ParameterStore, zeros } from '../nn/parameters.ts';
import { recordAdam } from '../optim/adam.ts';
import { recordSgd } from '../optim/sgd.ts';
import { runSteps, type Step } from '../core/step.ts';
import { download } from '../core/transfer.ts';
import {
  compare,
  type GoldenOptimizer,
  type GoldenResult,
  type GoldenTensors,
  OP_TOLERANCE,
} from './format.ts';

export async function checkGoldenOptimizer(
  engine: Device,
  golden: GoldenTensors,
  entry: GoldenOptimizer,
): Promise<GoldenResult[]> {
  const number = (name: string): number => {
    const value = entry.attrs[name];
    if (typeof value !== 'number')
      throw new Error(`${entry.name}: attribute ${name} is ${value}, expected a number`);
    return value;
  };
  const start = golden.f32(entry.start);
  const store = new ParameterStore(entry.name, true);
  const parameter = store.declare('p', [start.length], zeros);
  store.allocate(engine);
  engine.write(parameter.tensor, start);

  const lr = number('lr');
  const weightDecay = number('weight_decay');
  const updates = (): ((number: number) => Step) => {
    if (entry.name.startsWith('sgd')) {
      const sgd = recordSgd(engine, store, { momentum: number('momentum'), weightDecay });
      return () => sgd.step(lr);
    }
    if (entry.name.startsWith('adam')) {
      const betas = entry.attrs['betas'] as [number, number];
      const adam = recordAdam(engine, store, { betas, eps: number('eps'), weightDecay });
      return (number) => adam.step(lr, number);
    }
    throw new Error(`unknown optimizer '${entry.name}'; known: sgd, adam`);
  };
  const update = updates();
  const results: GoldenResult[] = [];
  for (const [i, { grad, param }] of entry.steps.entries()) {
    engine.write(parameter.tensor.grad!, golden.f32(grad));
    runSteps(engine, update(i + 1));
    const [got] = await download(engine, parameter.tensor);
    results.push(compare(`${entry.name}/${i + 1}`, got!, golden.f32(param), OP_TOLERANCE));
  }
  return results;
}
