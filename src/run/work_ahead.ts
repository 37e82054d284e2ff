// What of a run is still to be done, for an estimate of the time that it takes.
import type { RunLoop } from './loop.ts';

/** Steps of a phase that are left. Those of one phase take about equally long. */
export interface WorkAhead {
  readonly phase: string;
  /** Where a step is under way, a fraction of it counts. */
  readonly steps: number;
}

/** Tells what is left once a share, 0 to 1, of a phase of an epoch is done; an evaluation counts as a phase. */
export function workAhead({
  epochs,
  phases,
  evaluation,
}: Pick<RunLoop, 'epochs' | 'phases' | 'evaluation'>): (
  epoch: number,
  phase: string,
  share: number,
) => WorkAhead[] {
  const always = (): boolean => true;
  const kinds = [
    ...phases.map(({ name, steps }) => ({ name, steps, due: always })),
    ...(evaluation ? [evaluation] : []),
  ].map(({ name, steps, due }) => {
    // of each epoch: how many later ones have this phase
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
