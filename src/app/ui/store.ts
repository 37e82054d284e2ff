// All that the page knows, gathered from what its worker announces and answers. Views read it; nothing else is kept
// twice.
import type { MetricsRow } from '../../run/observer.ts';
import type { Announcement, Client, DatasetInfo, Environment, RunRecord, RunStatus } from '../protocol.ts';

/** Notes that are kept of a run; older ones go. */
const MOST_NOTES = 50;

export interface State {
  /** Null until the worker has answered. */
  environment: Environment | null;
  datasets: readonly DatasetInfo[];
  /** By id, the newest first. */
  runs: ReadonlyMap<string, RunRecord>;
  /** Whether the worker has said which runs there are. */
  runsKnown: boolean;
  readonly status: Map<string, RunStatus>;
  /** Lines of metrics.jsonl of the runs that have been looked at. */
  readonly metrics: Map<string, MetricsRow[]>;
  readonly notes: Map<string, string[]>;
  lesson: { readonly done: number; readonly total: number } | null;
  benchmark: { readonly done: number; readonly total: number; readonly label: string } | null;
}

/** Share of all its steps that a run has done, by what was heard last. */
export const shareDone = ({ status }: Pick<State, 'status'>, { id, progress }: RunRecord): number =>
  status.get(id)?.progress ?? progress;

const newestFirst = (runs: Iterable<RunRecord>): ReadonlyMap<string, RunRecord> =>
  new Map([...runs].sort((a, b) => b.created - a.created).map((run) => [run.id, run]));

export class Store {
  readonly state: State = {
    environment: null,
    datasets: [],
    runs: new Map(),
    runsKnown: false,
    status: new Map(),
    metrics: new Map(),
    notes: new Map(),
    lesson: null,
    benchmark: null,
  };

  /** Runs whose metrics have been asked for. */
  readonly #followed = new Set<string>();

  /** @param changed is called after every change */
  constructor(
    readonly client: Client,
    readonly changed: (what: Announcement | null) => void,
  ) {
    client.listen((announcement) => {
      this.#hear(announcement);
      changed(announcement);
    });
  }

  /** Asks for all that the page shows at once. */
  async load(): Promise<void> {
    const { client, state } = this;
    const parts = [
      client.call('environment', {}).then((environment) => (state.environment = environment)),
      client.call('datasets', {}).then((datasets) => (state.datasets = datasets)),
      client.call('runs', {}).then((runs) => {
        state.runs = newestFirst([...runs, ...state.runs.values()]);
        state.runsKnown = true;
      }),
    ];
    for (const part of parts) void part.then(() => this.changed(null)).catch(() => undefined);
    await Promise.all(parts);
  }

  /** Adds or replaces a run's record. */
  keep(record: RunRecord): void {
    this.state.runs = newestFirst([...this.state.runs.values(), record]);
    this.changed(null);
  }

  /** Sees to it that all of a run's metrics are there. */
  async follow(run: string): Promise<void> {
    if (this.#followed.has(run)) return;
    this.#followed.add(run);
    try {
      const rows = await this.client.call('metrics', { run });
      const heard = this.state.metrics.get(run) ?? [];
      this.state.metrics.set(run, rows.length >= heard.length ? [...rows] : heard);
      this.changed(null);
    } catch {
      this.#followed.delete(run);
    }
  }

  #hear(announcement: Announcement): void {
    const { state } = this;
    switch (announcement.event) {
      case 'run':
        state.runs = newestFirst([...state.runs.values(), announcement.record]);
        if (announcement.record.state !== 'running') state.status.delete(announcement.record.id);
        break;
      case 'removed':
        state.runs = newestFirst([...state.runs.values()].filter(({ id }) => id !== announcement.run));
        for (const map of [state.status, state.metrics, state.notes]) map.delete(announcement.run);
        this.#followed.delete(announcement.run);
        break;
      case 'status':
        state.status.set(announcement.status.run, announcement.status);
        break;
      case 'metrics': {
        const rows = state.metrics.get(announcement.run) ?? [];
        state.metrics.set(announcement.run, [...rows, announcement.row]);
        break;
      }
      case 'note': {
        const key = announcement.run ?? '';
        const notes = [...(state.notes.get(key) ?? []), announcement.text];
        state.notes.set(key, notes.slice(-MOST_NOTES));
        break;
      }
      case 'lesson':
        state.lesson = announcement;
        break;
      default:
        state.benchmark = announcement;
    }
  }
}
