// What the page and its worker say to each other. The worker holds the engine, the files and all work; the page shows.
// Everything here can be cloned from one to the other.
import type { Cell } from '../arch/genotype.ts';
import type { MetricsRow } from '../run/observer.ts';
import type { SearchConfig } from '../search/config.ts';
import type { TrainConfig } from '../train/config.ts';

/** A genotype in its JSON form, as files and links have it (src/arch/genotype_file.ts). */
export type GenotypeJson = Readonly<Record<string, unknown>>;

/** An image data set that runs of the page can use: the sample that comes with it, or files of the user's in OPFS. */
export interface DatasetInfo {
  /** 'sample', or the folder's name. */
  readonly name: string;
  readonly classes: readonly string[];
  /** That train. */
  readonly images: number;
  readonly testImages: number;
  readonly bytes: number;
}

/** What this browser can do, known before anything is started. */
export interface Environment {
  readonly adapter: {
    readonly name: string;
    readonly software: boolean;
    /** WebGPU's names: 'shader-f16', 'subgroups', 'timestamp-query' ... */
    readonly features: readonly string[];
    readonly maxBufferSize: number;
    readonly maxStorageBufferBindingSize: number;
  } | null;
  /** Why there is no adapter, and what to do in this very browser; null where there is one. */
  readonly help: string | null;
  /** Files outlast the page: OPFS is there. Else they stay in memory, which the page says. */
  readonly persistent: boolean;
  /** Bytes of storage used and allowed, where the browser says so. */
  readonly storage: { readonly used: number; readonly allowed: number } | null;
}

/** What a run is to do. Settings that are left out have their preset's value; `data` is a data set's name. */
export type RunRequest =
  | {
      readonly kind: 'search';
      readonly preset: 'quick' | 'paper';
      readonly settings: Partial<SearchConfig>;
      /** Transformed at its end: a name of the zoo, or a genotype. */
      readonly arch: string | GenotypeJson;
    }
  | {
      readonly kind: 'train';
      /** Over those of its kind of network (TRAIN_SETTINGS' presets). */
      readonly settings: Partial<TrainConfig>;
      /** A network's name (resnet20 ...), a cell of the zoo, or a genotype. */
      readonly arch: string | GenotypeJson;
    };

/** A search, and a training from scratch. */
export type SearchRequest = Extract<RunRequest, { kind: 'search' }>;
export type TrainRequest = Extract<RunRequest, { kind: 'train' }>;

export type RunState = 'waiting' | 'running' | 'paused' | 'done' | 'failed';

/** A run that the page keeps: what was asked, where it stands, and what it came to. */
export interface RunRecord {
  readonly id: string;
  readonly name: string;
  readonly request: RunRequest;
  readonly state: RunState;
  /** Milliseconds since 1970, for the table of runs alone. */
  readonly created: number;
  /** One line, where it failed. */
  readonly error: string | null;
  /** Share of all its steps, 0 to 1. */
  readonly progress: number;
  /** SHA-256 of metrics.jsonl in hexadecimal, once it is done. */
  readonly digest: string | null;
  /** The adapter it ran on, once it has begun. */
  readonly adapter: string | null;
}

/** How a run is getting on; comes at most some ten times a second. */
export interface RunStatus {
  readonly run: string;
  /** 'epoch 2/6 weights'. */
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** Of the whole job. */
  readonly progress: number;
  readonly stepsPerSecond: number | null;
  /** Seconds, of the whole job; null until known. */
  readonly left: number | null;
  /** GPU memory in bytes, as planned; null before. */
  readonly bytes: number | null;
  readonly pipelines: number | null;
}

/** Probabilities of the policy's actions for the edges of a cell pair. */
export interface EdgeProbabilities {
  /** The names of the actions: 'keep', 'skip', 'null' (or the operations, with other transitions). */
  readonly actions: readonly string[];
  /** [edge][action], the normal cell's edges in their order, then the reduction cell's. */
  readonly values: readonly (readonly number[])[];
}

/** Cost of the CIFAR-10 network that a genotype stands for (36 channels, 20 cells). */
export interface NetworkCost {
  readonly params: number;
  readonly madds: number;
}

/** An architecture and what became of it. */
export interface Transformation {
  readonly input: GenotypeJson;
  readonly output: GenotypeJson;
  readonly probabilities: EdgeProbabilities | null;
  readonly accuracy: Readonly<
    Record<'selection' | 'test', { images: number; before: number; first: number; after: number }>
  >;
  readonly cost: { readonly before: NetworkCost; readonly after: NetworkCost };
  readonly candidates: readonly (NetworkCost & { normal: Cell; reduce: Cell; accuracy: number })[];
  /** The same as text, as Node prints it. */
  readonly text: string;
}

/** Where answers to one NAS-Bench-201 cell stand among all of them. Accuracies in percent, of the test images. */
export interface GroundTruth {
  /** All cells' test accuracies, in rising order. */
  readonly landscape: Float32Array;
  readonly input: GroundTruthPlace;
  /** The policy's most probable transformation; null until a policy has been trained. */
  readonly policy: GroundTruthPlace | null;
  /** The best of the ten most probable by validation accuracy, where that is worthwhile; else the input. */
  readonly policyBestOf10: GroundTruthPlace | null;
  /** The means over uniform transformations of this cell: of one, and of the best of ten by validation accuracy. */
  readonly random: { readonly accuracy: number };
  readonly randomBestOf10: { readonly accuracy: number };
  /** The best transformation by test accuracy. */
  readonly oracle: GroundTruthPlace;
}

export interface GroundTruthPlace {
  /** NAS-Bench-201's notation: |nor_conv_3x3~0|+|...|. */
  readonly cell: string;
  readonly accuracy: number;
  /** 1 is the best. */
  readonly rank: number;
  readonly params: number;
  readonly madds: number;
}

/** What a trained network says of an image. */
export interface Classification {
  readonly classes: readonly string[];
  /** Shares that add up to 1. */
  readonly probabilities: readonly number[];
  /** The image as the network saw it: RGBA bytes, size x size. */
  readonly seen: { readonly size: number; readonly pixels: Uint8ClampedArray<ArrayBuffer> };
}

/** Rows: the true class; columns: what the network said. */
export interface ConfusionMatrix {
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** What a run would need and how long it would take here. */
export interface Estimate {
  readonly bytes: number;
  readonly pipelines: number;
  readonly steps: number;
  /** From steps that were measured on this adapter with these settings; null where only planned. */
  readonly seconds: number | null;
}

/** name -> what the page asks with it, and what the worker answers. */
export interface Calls {
  environment: { ask: Record<never, never>; answer: Environment };
  datasets: { ask: Record<never, never>; answer: readonly DatasetInfo[] };
  /** CIFAR-10's binary batches (data_batch_1.bin ... test_batch.bin) or the archive (.tar.gz), kept in OPFS. */
  importDataset: { ask: { name: string; files: readonly File[] }; answer: DatasetInfo };
  removeDataset: { ask: { name: string }; answer: null };

  runs: { ask: Record<never, never>; answer: readonly RunRecord[] };
  /** Checks the request, plans it, and with `measure` times a few steps of it. */
  estimate: { ask: { request: RunRequest; measure: boolean }; answer: Estimate };
  /** Runs wait for their turn: one at a time. */
  start: { ask: { request: RunRequest; name: string }; answer: RunRecord };
  pause: { ask: { run: string }; answer: null };
  resume: { ask: { run: string }; answer: null };
  rename: { ask: { run: string; name: string }; answer: null };
  remove: { ask: { run: string }; answer: null };
  metrics: { ask: { run: string }; answer: readonly MetricsRow[] };
  /** Paths within the run's folder and their sizes in bytes. */
  files: { ask: { run: string }; answer: readonly { path: string; bytes: number }[] };
  file: { ask: { run: string; path: string }; answer: Uint8Array<ArrayBuffer> };
  /** All that a run left as one page, a file of its own. */
  report: { ask: { run: string }; answer: string };
  /** The transformation that a finished search ended with. */
  derived: { ask: { run: string }; answer: Transformation | null };

  /** A finished search's policy applied to any architecture of its space. */
  transform: {
    ask: { run: string; genotype: GenotypeJson; settings: { candidates: number; maxMadds?: number } };
    answer: Transformation;
  };
  /** Also while the search is running: with its weights of the moment. */
  probabilities: { ask: { run: string; genotype: GenotypeJson }; answer: EdgeProbabilities };

  confusion: { ask: { run: string }; answer: ConfusionMatrix };
  /** The image's RGBA bytes, any size; it is cropped to a square and scaled down. */
  classify: {
    ask: { run: string; width: number; height: number; pixels: Uint8ClampedArray<ArrayBuffer> };
    answer: Classification;
  };

  /** Trains a policy on half of the table's cells (progress comes as `lesson`) and keeps it; at once where there is one. */
  learnTable: { ask: Record<never, never>; answer: null };
  /** Without a trained policy, what needs one is null. */
  groundTruth: { ask: { cell: string }; answer: GroundTruth };

  /** Kernel benchmarks; progress comes as `benchmark`. The answer is the JSON that Node writes as well. */
  benchmark: { ask: { filter: string; seconds: number; samples: number }; answer: BenchmarkResult };
  stopBenchmark: { ask: Record<never, never>; answer: null };
}

/** bench/report/result.ts's form. */
export type BenchmarkResult = Readonly<Record<string, unknown>>;

export type CallName = keyof Calls;

/** page -> worker. */
export type Request = { [N in CallName]: { id: number; call: N; ask: Calls[N]['ask'] } }[CallName];

/** worker -> page: the answer to a call. */
export type Reply =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly problem: Problem };

/**
 * An error as one line, which calls settings by their options (--train-fraction); `setting` where it is about one, so that
 * its field can say so.
 */
export interface Problem {
  readonly message: string;
  /** The user can mend it; else something failed. */
  readonly user: boolean;
  readonly setting: string | null;
}

/** worker -> page, unasked. */
export type Announcement =
  | { readonly event: 'run'; readonly record: RunRecord }
  | { readonly event: 'removed'; readonly run: string }
  | { readonly event: 'status'; readonly status: RunStatus }
  | { readonly event: 'metrics'; readonly run: string; readonly row: MetricsRow }
  | { readonly event: 'note'; readonly run: string | null; readonly text: string }
  | { readonly event: 'lesson'; readonly done: number; readonly total: number }
  | { readonly event: 'benchmark'; readonly done: number; readonly total: number; readonly label: string };

/** The worker as the page has it (client.ts): a call's promise rejects with a ProblemError. */
export interface Client {
  call<N extends CallName>(name: N, ask: Calls[N]['ask']): Promise<Calls[N]['answer']>;
  /** Hears every announcement, until the function that it returns is called. */
  listen(hear: (announcement: Announcement) => void): () => void;
}

/** A problem that came back instead of an answer. */
export class ProblemError extends Error {
  override name = 'ProblemError';

  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}
