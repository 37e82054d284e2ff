// The progress of an experiment: of the run at hand, with the time that all runs still take.
import type { ExperimentObserver } from '../experiment/run.ts';
import type { RunObserver } from '../run/observer.ts';
import type { WorkAhead } from '../run/work_ahead.ts';
import type { Progress } from './progress.ts';

/** Runs of one kind are taken to be as long as each other; those of a kind that was not seen yet are "more". */
export function experimentObserver(observer: RunObserver, progress: Progress): ExperimentObserver {
  let run = '';
  let alike = 0;
  let others = 0;
  /** A whole run of the kind at hand. */
  let whole: readonly WorkAhead[] = [];

  return {
    now: observer.now,
    interrupted: observer.interrupted,
    ...(observer.note && { note: observer.note }),
    begins(what, done, total, ofItsKind) {
      run = `run ${done + 1}/${total}`;
      alike = ofItsKind;
      others = total - done - 1 - ofItsKind;
      progress.begins();
      progress.note(`${run}: ${what}`);
    },
    progress({ label, ahead, ...rest }) {
      if (ahead) whole = longer(whole, ahead);
      const own = ahead ?? [{ phase: 'candidates', steps: rest.total - rest.done }];
      const later = whole.map(({ phase, steps }) => ({ phase, steps: alike * steps }));
      const more = others > 0 || (alike > 0 && whole.length === 0);
      observer.progress({ ...rest, label: `${run}, ${label}`, ahead: sum(own, later), more });
    },
  };
}

/** The longest that was seen of each phase: a run that was resumed is a part of one. */
function longer(seen: readonly WorkAhead[], now: readonly WorkAhead[]): readonly WorkAhead[] {
  return now.map(({ phase, steps }) => {
    const before = seen.find((other) => other.phase === phase)?.steps ?? 0;
    return { phase, steps: Math.max(before, steps) };
  });
}

function sum(a: readonly WorkAhead[], b: readonly WorkAhead[]): WorkAhead[] {
  const steps = new Map<string, number>();
  for (const { phase, steps: count } of [...a, ...b]) steps.set(phase, (steps.get(phase) ?? 0) + count);
  return [...steps].map(([phase, count]) => ({ phase, steps: count }));
}
