// Scripts for machines that SLURM shares out: each job of an experiment is a task of an array, in the folder that all see.
// SLURM does the queueing; what it cannot know, a checkpoint before the time is up and going on after it, stands in the
// scripts.
import { UserError } from '../../runtime/errors.ts';
import type { Job, JobKind } from '../experiment/jobs.ts';

/** A word that a shell takes as it is. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

const KINDS: readonly JobKind[] = ['search', 'transformations', 'training'];

/** The jobs of an array: places in the list of all jobs, counted from 1. */
interface TaskArray {
  readonly kind: JobKind;
  readonly jobs: readonly number[];
}

/** Seconds before its end at which SLURM warns a task. */
const WARNING = 120;

export interface SlurmScripts {
  readonly 'job.sh': string;
  readonly 'submit.sh': string;
}

/**
 * @param command the command line of the experiment with its folder, as words: all but --job
 * @param name the experiment's, for SLURM's lists
 * @param dir its folder
 */
export function slurmScripts(
  jobs: readonly Job[],
  command: readonly string[],
  name: string,
  dir: string,
): SlurmScripts {
  const arrays = KINDS.map((kind): TaskArray => ({
    kind,
    jobs: jobs.flatMap((job, i) => (job.kind === kind ? [i + 1] : [])),
  })).filter((array) => array.jobs.length > 0);
  if (!/^[\w.-]+$/.test(name))
    throw new UserError(`--slurm: got the name ${name}, expected letters and digits`);
  return {
    'job.sh': jobScript(jobs, command, name),
    'submit.sh': submitScript(arrays, command, dir),
  };
}

const jobScript = (jobs: readonly Job[], command: readonly string[], name: string): string => `#!/bin/bash
#SBATCH --job-name=nat-${name}
#SBATCH --gres=gpu:1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:TERM@${WARNING}
# One job of the experiment; add --time, --partition and the like above, or to sbatch in submit.sh.
set -u
job=$SLURM_ARRAY_TASK_ID
locks=(
${jobs.map((job) => `  ${quoted(job.kind === 'transformations' ? '' : `${job.writes[0]}/lock.json`)}`).join('\n')}
)
# the task that had the run before is gone, wherever it was
lock=\${locks[job - 1]}
if [ "\${SLURM_RESTART_COUNT:-0}" -gt 0 ] && [ -n "$lock" ]; then rm -f "$lock"; fi
${command.map(quoted).join(' ')} --job "$job" &
child=$!
# SLURM may have told the program, too, which then is gone
trap 'kill -TERM "$child" 2>/dev/null' TERM
wait "$child"
code=$?
# a signal ends the first wait; the program then saves a checkpoint
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  code=$?
done
# interrupted: the time is up, and there is more to do
if [ "$code" = 130 ]; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$job"
  exit 0
fi
exit "$code"
`;

function submitScript(arrays: readonly TaskArray[], command: readonly string[], dir: string): string {
  const lines = arrays.map(({ kind, jobs }) => {
    const [before] =
      kind === 'search'
        ? []
        : arrays.filter((other) => KINDS.indexOf(other.kind) < KINDS.indexOf(kind)).slice(-1);
    const after = before ? ` --dependency="afterok:$${before.kind}"` : '';
    return `${kind}=$(sbatch --parsable --array=${rangesOf(jobs)}${after} "$here/job.sh")\n`;
  });
  const last = arrays.at(-1)!.kind;
  return `#!/bin/bash
# Hands the whole experiment to SLURM: searches, then transformations, then trainings, then its table.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# tasks begin in the folder that they were handed in from
if [ ! -e ${quoted(`${dir}/experiment.json`)} ]; then
  echo ${quoted(`submit.sh: there is no ${dir}/experiment.json here; call this in the folder in which nat experiment was called`)} >&2
  exit 2
fi
${lines.join('')}sbatch --dependency="afterok:$${last}" --job-name=nat-table --wrap=${quoted(command.map(quoted).join(' '))}
`;
}

/** 1, 2, 3, 7 as '1-3,7'. */
function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
