// The accuracies of an update of theta, of the architectures drawn and of their transformations: kept on the GPU as they
// are counted, for who wants to know them.
import { createTensor } from '../core/allocator.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { commandsOnly, type Step } from '../core/step.ts';
import type { Tensor } from '../core/tensor.ts';

/** Whose accuracy was counted: that of an architecture drawn, or of a transformation. */
export type Side = 'before' | 'after';

export interface AccuracyNotes {
  /** Of the update at hand: of the m architectures, then of their m n transformations. */
  readonly accuracies: Tensor;
  /** Keeps the accuracy of the last forward pass of a side, by its number among those of its side. */
  readonly keep: Readonly<Record<Side, readonly Step[]>>;
}

/** @param counts of the forward passes of both sides */
export function recordAccuracyNotes(
  engine: PlannedEngine,
  { architectures: m, samples: n }: { readonly architectures: number; readonly samples: number },
  counts: Readonly<Record<Side, Tensor>>,
): AccuracyNotes {
  const accuracies = createTensor(engine, 'accuracies of an update', [m * (1 + n)]);
  const keep = (side: Side, first: number, count: number): Step[] =>
    Array.from({ length: count }, (_, i) =>
      commandsOnly([
        engine.record({
          kernel: 'note_accuracy',
          bind: { counts: counts[side], accuracies },
          params: { index: first + i },
          threads: [1],
        }),
      ]),
    );
  return { accuracies, keep: { before: keep('before', 0, m), after: keep('after', m, m * n) } };
}
