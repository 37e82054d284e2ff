// The seam between work that many machines share and the queue that hands it out.

/** What the queue carries of a job: data alone, never code. */
export type JobData = Readonly<Record<string, string>>;

export type JobState = 'waiting' | 'active' | 'delayed' | 'done' | 'failed';

export interface QueuedJob {
  readonly id: string;
  readonly data: JobData;
  readonly state: JobState;
  /** The worker that has it, or had it last. */
  readonly worker: string | null;
  /** The worker's last line about it: how far it is, or why it went back to the queue. */
  readonly progress: string | null;
  /** Why it failed, one line. */
  readonly failure: string | null;
}

/** A queue as those see it who put work into it and watch it. Calls wait while the queue cannot be reached. */
export interface JobQueue {
  /** Where it is, without its password: 'localhost:6379/0'. */
  readonly place: string;
  /** Jobs that are there already, in whatever state, stay as they are. */
  add(jobs: readonly { readonly id: string; readonly data: JobData }[]): Promise<void>;
  jobs(): Promise<QueuedJob[]>;
  paused(): Promise<boolean>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Failed jobs wait again; those of these ids, or all. Resolves to their number. */
  retry(ids?: readonly string[]): Promise<number>;
  /** Takes out what waits; what is being done goes on. Resolves to the number. */
  drain(): Promise<number>;
  /** Takes out a job that nobody is doing. */
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}

/** How a job ended that a worker took. */
export type JobEnd =
  | { readonly end: 'done' }
  /** Another worker may do it, now or after some seconds. */
  | { readonly end: 'returned'; readonly why: string; readonly seconds: number }
  /** It may go well another time, if it has not been tried too often. */
  | { readonly end: 'failed'; readonly why: string }
  /** It will not go well. */
  | { readonly end: 'hopeless'; readonly why: string };

export interface TakenJob {
  readonly id: string;
  readonly data: JobData;
  /** What the queue shows of it. */
  progress(line: string): void;
}

/** Takes jobs off a queue until it is closed. */
export interface JobTaker {
  /** Takes no more, and waits for those at hand, whose work the caller ends. */
  close(): Promise<void>;
}

export interface TakerOptions {
  /** What the queue calls this worker. */
  readonly worker: string;
  /** Jobs at a time. */
  readonly slots: number;
  /** Seconds after which the jobs of a worker that has not been heard of go to another. */
  readonly lostAfter: number;
  work(job: TakenJob): Promise<JobEnd>;
  /** A line for the user: the queue cannot be reached, a job was given to somebody else. */
  note(line: string): void;
}
