// Runs of the page, one at a time: what waits gets its turn, what was running when a tab was closed goes on. All tabs of the
// page share the runs; which of them works on one decides the browser's lock.
import { sha256 } from '../../io/digest.ts';
import type { MetricsRow, RunObserver } from '../../run/observer.ts';
import { throttle } from '../../run/throttle.ts';
import type { RunRecord, RunRequest } from '../protocol.ts';
import type { App } from './app.ts';
import { openJob } from './jobs.ts';
import { LiveSearch } from './live.ts';
import { folderOf, readRecord, readRecords, writeRecord } from './records.ts';
import { problemOf } from './serve.ts';
import { reportStatus } from './status.ts';

/** So much work is lost at most where a tab is closed. */
const CHECKPOINT_MS = 10_000;
/** The page's messages are handled so often while steps are submitted. */
const BREATH_MS = 5;

/** The run that is worked on. */
export interface ActiveRun {
  readonly id: string;
  readonly live: LiveSearch;
  /** Lines of metrics.jsonl since it was last begun or gone on with; the last of them may not be on the disk yet. */
  readonly rows: MetricsRow[];
  /** Resolves once its work has stopped, however. */
  readonly stopped: Promise<void>;
  interrupted: boolean;
}

export class RunQueue {
  active: ActiveRun | null = null;
  /** As they are by now, where that is newer than what is on the disk. */
  private readonly latest = new Map<string, RunRecord>();
  private working = false;
  private again = false;

  /** @param beforeRun is awaited before a run opens its engine: what else holds GPU memory gives it back */
  constructor(
    private readonly app: App,
    private readonly beforeRun: () => Promise<void>,
  ) {}

  /** All runs, oldest first. */
  async list(): Promise<RunRecord[]> {
    const records = await readRecords(this.app.host.files);
    return records.map((record) => this.latest.get(record.id) ?? record);
  }

  /** Null where there is no such run. */
  async find(run: string): Promise<RunRecord | null> {
    return this.latest.get(run) ?? readRecord(this.app.host.files, run);
  }

  /** A new run, which waits for its turn. Throws UserError for what cannot be run. */
  async add(request: RunRequest, name: string): Promise<RunRecord> {
    await openJob(this.app, request);
    const { host } = this.app;
    const fresh = { state: 'waiting', error: null, progress: 0, digest: null, adapter: null } as const;
    const record: RunRecord = { id: host.newId(), name, request, created: host.date(), ...fresh };
    // nothing that cannot be kept is begun
    await writeRecord(host.files, record);
    this.app.announce({ event: 'run', record });
    this.wake();
    return record;
  }

  /** Changes a record and tells the page. Where there is no room to keep it, it holds until the page is closed. */
  async change(run: string, changes: Partial<RunRecord>): Promise<void> {
    const before = await this.find(run);
    if (!before) return;
    const record = { ...before, ...changes };
    this.latest.set(run, record);
    this.app.announce({ event: 'run', record });
    try {
      await writeRecord(this.app.host.files, record);
      if (this.active?.id !== run && this.latest.get(run) === record) this.latest.delete(run);
    } catch (error) {
      this.note(run, problemOf(error).message);
    }
  }

  /** Stops the run if it is the one that is worked on, and waits until it has. */
  async stop(run: string): Promise<void> {
    const { active } = this;
    if (active?.id !== run) return;
    active.interrupted = true;
    await active.stopped;
  }

  /** No longer known: its folder is gone. */
  forget(run: string): void {
    this.latest.delete(run);
  }

  /** Works until nothing waits any more. */
  wake(): void {
    this.again = true;
    if (!this.working) this.work().catch((error: unknown) => this.note(null, problemOf(error).message));
  }

  private async work(): Promise<void> {
    this.working = true;
    try {
      while (this.again) {
        this.again = false;
        if (!(await this.next())) continue;
        const { release } = await this.app.host.turn(() =>
          this.note(null, 'another tab of this page is at work; runs of this one wait for it'),
        );
        try {
          // another tab may have done it by now
          const record = await this.next();
          if (record) await this.run(record);
          this.again ||= record !== null;
        } finally {
          release();
        }
      }
    } finally {
      this.working = false;
    }
  }

  /** What was running before what has waited. */
  private async next(): Promise<RunRecord | null> {
    const records = await this.list();
    const first = (state: RunRecord['state']) => records.find((record) => record.state === state);
    return first('running') ?? first('waiting') ?? null;
  }

  private note(run: string | null, text: string): void {
    this.app.announce({ event: 'note', run, text });
  }

  private async run(record: RunRecord): Promise<void> {
    const { id } = record;
    let stopped = (): void => {};
    const active: ActiveRun = {
      id,
      live: new LiveSearch(),
      rows: [],
      stopped: new Promise((resolve) => (stopped = resolve)),
      interrupted: false,
    };
    this.active = active;
    try {
      await this.change(id, { state: 'running', error: null });
      await this.beforeRun();
      const share = await this.workOn(active, record);
      this.active = null;
      if (share !== true) await this.change(id, { state: 'paused', progress: share });
      else await this.change(id, { state: 'done', progress: 1, digest: await this.digestOf(id) });
    } catch (error) {
      this.active = null;
      await this.change(id, { state: 'failed', error: problemOf(error).message });
    } finally {
      active.live.end();
      stopped();
    }
  }

  /** True where the run came to its end, else how much of it is done, 0 to 1. */
  private async workOn(active: ActiveRun, { id, request, progress }: RunRecord): Promise<true | number> {
    const { app } = this;
    const { host } = app;
    const job = await openJob(app, request);
    const status = reportStatus(id, job.steps, progress, host.now, (now) =>
      app.announce({ event: 'status', status: now }),
    );
    let settle = async (): Promise<void> => {};
    let breathed = host.now();
    const observer: RunObserver = {
      planned: status.planned,
      note: (text) => this.note(id, text),
      progress: status.progress,
      metrics(row) {
        active.rows.push(row);
        app.announce({ event: 'metrics', run: id, row });
      },
      now: host.now,
      interrupted: () => active.interrupted,
      checkpointMs: CHECKPOINT_MS,
      async rest() {
        // else many steps would wait on the GPU, and a stop for all of them
        await settle();
        await active.live.answer();
        if (host.now() - breathed < BREATH_MS) return;
        await host.breathe();
        breathed = host.now();
      },
    };
    const finished = await job.run({
      dir: folderOf(id),
      observer,
      opened: (session) => active.live.opened(session),
      openEngine: async () => {
        active.live.opened(null);
        const engine = await app.openEngine();
        settle = throttle(engine);
        await this.change(id, { adapter: engine.info.name });
        return engine;
      },
    });
    return finished || status.share();
  }

  /** Of metrics.jsonl. */
  private async digestOf(run: string): Promise<string> {
    return sha256(await this.app.host.files.readBytes(`${folderOf(run)}/metrics.jsonl`));
  }
}
