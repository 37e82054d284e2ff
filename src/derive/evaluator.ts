// What judges the architectures of a derivation: probabilities of a policy, accuracies under shared weights.
import type { ActionSpace } from '../arch/action_space.ts';
import { type Architecture, CELL_KINDS } from '../arch/genotype.ts';

/** Disjoint images: those that choose among candidates, and the test images, which choose nothing. */
export type Judge = 'selection' | 'test';

/** What derive needs of a trained run. */
export interface Evaluator {
  /** The transitions that the run's policy has learned. */
  readonly space: ActionSpace;
  /** How many images each judges by. */
  readonly images: Readonly<Record<Judge, number>>;
  /** pi(. | arch): (edges of the normal, then the reduction cell; actions). */
  probabilities(arch: Architecture): Promise<Float32Array>;
  /**
   * NAO: the architecture and what its model came to from it, the highest predicted accuracy first. Its candidates need
   * not be what the transitions allow, nor have the same graph. Left out where a policy transforms.
   */
  readonly propose?: (arch: Architecture) => Promise<Architecture[]>;
  /** Accuracy under the shared weights, 0 to 1. */
  accuracy(arch: Architecture, judge: Judge): Promise<number>;
}

/** Measures no accuracy twice: shared weights do not change. */
export function remembering(evaluator: Evaluator): Evaluator {
  const measured = new Map<string, number>();
  return {
    ...evaluator,
    async accuracy({ normal, reduce }, judge) {
      const key = JSON.stringify([judge, normal, reduce]);
      const accuracy = measured.get(key) ?? (await evaluator.accuracy({ normal, reduce }, judge));
      measured.set(key, accuracy);
      return accuracy;
    },
  };
}

/** The same shared weights without a policy: every allowed action is equally probable, as in random search. */
export const withoutPolicy = ({ propose: _, ...evaluator }: Evaluator): Evaluator => ({
  ...evaluator,
  async probabilities(arch) {
    const rows = CELL_KINDS.flatMap((kind) => arch[kind].map(([op]) => evaluator.space.mask(op)));
    return Float32Array.from(
      rows.flatMap((allowed) => {
        const share = 1 / allowed.reduce((sum, bit) => sum + bit);
        return Array.from(allowed, (bit) => bit * share);
      }),
    );
  },
});
