// A queue in memory, which hands its jobs out as a test tells it to.
import type { JobData, JobQueue, JobState, QueuedJob } from '../../runtime/host/queue.ts';

interface Entry {
  readonly data: JobData;
  state: JobState;
}

export function memoryQueue(): JobQueue & { readonly entries: Map<string, Entry> } {
  const entries = new Map<string, Entry>();
  const ids = (state: JobState): string[] =>
    [...entries].filter(([, entry]) => entry.state === state).map(([id]) => id);
  return {
    entries,
    place: 'memory',
    async add(jobs) {
      for (const { id, data } of jobs) if (!entries.has(id)) entries.set(id, { data, state: 'waiting' });
    },
    jobs: async () =>
      [...entries].map(([id, { data, state }]): QueuedJob => ({
        id,
        data,
        state,
        worker: null,
        progress: null,
        failure: null,
      })),
    paused: async () => false,
    pause: async () => {},
    resume: async () => {},
    retry: async () => 0,
    async drain() {
      const waiting = ids('waiting');
      for (const id of waiting) entries.delete(id);
      return waiting.length;
    },
    remove: async (id) => void entries.delete(id),
    close: async () => {},
  };
}
