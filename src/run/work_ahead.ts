// What of a run is still to be done, for an estimate of the time that it takes.

/** Steps of a phase that are left. Those of one phase take about equally long. */
export interface WorkAhead {
  readonly phase: string;
  /** Where a step is under way, a fraction of it counts. */
  readonly steps: number;
}

/** A part of an epoch: a phase, or the evaluation after them. */
interface Part {
  readonly name: string;
  readonly steps: number;
  /** Whether it belongs to an epoch; to all unless given. */
  due?(epoch: number): boolean;
}

/**
 * Tells what is left once a share, 0 to 1, of a part of an epoch is done.
 * @param parts in their order
 */
export function workAhead(
  epochs: number,
  parts: readonly Part[],
): (epoch: number, phase: string, share: number) => WorkAhead[] {
  const kinds = parts.map((part) => {
    const { name, steps } = part;
    const due = (epoch: number): boolean => part.due?.(epoch) ?? true;
    // of each epoch: how many later ones have this part
    const later = Array.from({ length: epochs }, () => 0);
    for (let epoch = epochs - 2; epoch >= 0; epoch--) {
      later[epoch] = later[epoch + 1]! + (due(epoch + 1) ? 1 : 0);
    }
    return { name, steps, due, later };
  });
  return (epoch, phase, share) => {
    const current = kinds.findIndex(({ name }) => name === phase);
    return kinds.map(({ name, steps, due, later }, i) => {
      const here = i === current ? 1 - share : i > current && due(epoch) ? 1 : 0;
      return { phase: name, steps: steps * (here + later[epoch]!) };
    });
  };
}
