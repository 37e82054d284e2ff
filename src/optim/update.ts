// What optimizers share: their settings lie in a small buffer that every step writes, so that nothing is recorded
// again, and one kernel call updates all weights, or several where a binding cannot hold them.
import type { Command, Engine, Region } from '../../runtime/engine/engine.ts';
import { createTensor } from '../core/allocator.ts';
import { mostBindingBytes } from '../core/binding.ts';
import type { Tensor } from '../core/tensor.ts';
import type { ParameterStore } from '../nn/parameters.ts';

/** A buffer of an optimizer's state, laid out like the weights; zero at first. */
export function stateLike(engine: Engine, label: string, store: ParameterStore<true>): Region {
  const { bytes } = store.values;
  return { buffer: engine.createBuffer(`${store.label} ${label}`, bytes), offset: 0, bytes };
}

/** The buffer of an optimizer's settings. */
export function settingsBuffer(engine: Engine, store: ParameterStore<true>, count: number): Tensor {
  return createTensor(engine, `${store.label} settings`, [count]);
}

/** Records an elementwise kernel over regions of equal size, in as few calls as the binding limit allows. */
export function recordOverAll(
  engine: Engine,
  kernel: string,
  settings: Tensor,
  regions: Readonly<Record<string, Region>>,
  constants: Readonly<Record<string, number>> = {},
): Command[] {
  const total = Object.values(regions)[0]!.bytes;
  const piece = Math.min(total, mostBindingBytes(engine.limits));
  const commands: Command[] = [];
  for (let at = 0; at < total; at += piece) {
    const bytes = Math.min(piece, total - at);
    const bind: Record<string, Region> = { settings };
    for (const [name, { buffer, offset }] of Object.entries(regions)) {
      bind[name] = { buffer, offset: offset + at, bytes };
    }
    commands.push(
      engine.record({ kernel, bind, params: { n: bytes / 4 }, constants, threads: [Math.ceil(bytes / 64)] }),
    );
  }
  return commands;
}
