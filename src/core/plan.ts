// Every program is recorded twice: first as a draft on an engine that only counts, which tells its memory and
// pipelines without a device, then on the device. Both recordings are made by the same function, so that nothing of one
// can be missing in the other.
import {
  type Adapter,
  type Command,
  type Device,
  type Engine,
  type KernelVariant,
  UNLIMITED,
} from '../../runtime/engine/engine.ts';
import { PlanEngine } from '../../runtime/engine/plan_engine.ts';
import { PlannedSizes } from './planned_sizes.ts';
import { PlannedEngine } from './planned_engine.ts';

/** For plans that only count arithmetic: which kernels do it makes no difference. */
export const ANY_ADAPTER: Adapter = { kind: 'null', limits: UNLIMITED };

/** A program that was recorded without a device: its sizes and needs, and the way to record it on one. */
export interface Plan<P> {
  /** The program as recorded on the counting engine: its shapes and sizes are real, its commands cannot run. */
  readonly draft: P;
  readonly pipelines: readonly KernelVariant[];
  /** Those of the commands that run first; undefined where the program does not say. */
  readonly first: ReadonlySet<KernelVariant> | undefined;
  /** Bytes of GPU memory that the program takes. */
  readonly bytes: number;
  /** Multiply-adds of one image or step, as far as it is recorded; `linear` of them in fully connected layers. */
  readonly madds: { readonly all: number; readonly linear: number };
  /** Compiles the pipelines and records the program on a device, with the memory that was planned. */
  record(device: Device): Promise<P>;
}

export interface PlanOptions<P> {
  /** Records in the draft what a device records once it is needed. */
  complete?(draft: P): void;
  /** Bytes of the largest readback. */
  largestReadback?(draft: P): number;
  /** Commands that run first, of those recorded. */
  first?(draft: P): readonly Command[];
}

/**
 * Records a program without a device.
 * @param build records it on an engine; called once more for every device, it must record the same
 * Throws LimitError where a buffer or a binding is larger than the adapter allows.
 */
export function planRecording<P>(
  adapter: Adapter,
  build: (engine: PlannedEngine) => P,
  { complete, largestReadback, first }: PlanOptions<P> = {},
): Plan<P> {
  const counting = new PlanEngine(adapter.kind, adapter.limits);
  const sizes = new Map<string, PlannedSizes>();
  const draft = build(new PlannedEngine(counting, (name, bytesOf) => learn(sizes, name, bytesOf)));
  complete?.(draft);
  const shared = [...sizes.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  const pipelines = [...counting.pipelines.values()];
  const runFirst = first && counting.pipelinesOf(first(draft));
  return {
    draft,
    pipelines,
    first: runFirst,
    bytes: counting.bufferBytes + shared + counting.overheadBytes(largestReadback?.(draft) ?? 0),
    madds: { all: counting.madds, linear: counting.linearMadds },
    async record(device) {
      await device.compile(pipelines, runFirst);
      return build(engineOn(device, sizes));
    },
  };
}

function learn(
  sizes: Map<string, PlannedSizes>,
  name: string,
  bytesOf: (sizes: PlannedSizes) => number,
): PlannedSizes {
  if (sizes.has(name)) throw new Error(`internal: memory '${name}' is planned twice`);
  const learnt = new PlannedSizes(name, bytesOf);
  sizes.set(name, learnt);
  return learnt;
}

function engineOn(engine: Engine, sizes: ReadonlyMap<string, PlannedSizes>): PlannedEngine {
  return new PlannedEngine(engine, (name) => {
    const planned = sizes.get(name);
    if (!planned) throw new Error(`internal: memory '${name}' was not planned`);
    return planned.fixed();
  });
}
