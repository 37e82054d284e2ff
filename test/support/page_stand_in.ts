// A worker that stands in for the page's own: it answers at once with what a small session would have come to, so that
// every state of the page can be looked at without an adapter. test/support/page_site.ts bundles it with a scenario.
import { CELLS } from '../../src/arch/zoo/cells.ts';
import { genotypeToJson } from '../../src/arch/genotype_file.ts';
import type { MetricsRow } from '../../src/run/observer.ts';
import type {
  Announcement,
  Calls,
  EdgeProbabilities,
  Environment,
  GroundTruthPlace,
  Request,
  RunRecord,
  Transformation,
} from '../../src/app/protocol.ts';

/** Which session: everything there, a first visit, or a browser without WebGPU. */
export type Scenario = 'session' | 'first' | 'no-webgpu';

declare const SCENARIO: Scenario;

const post = (message: unknown): void => (self as unknown as Worker).postMessage(message);
const announce = (announcement: Announcement): void => post(announcement);

const environment: Environment = {
  adapter:
    SCENARIO === 'no-webgpu'
      ? null
      : {
          name: 'Imaginary GPU',
          software: false,
          features: ['shader-f16', 'timestamp-query'],
          maxBufferSize: 2 ** 31,
          maxStorageBufferBindingSize: 2 ** 30,
        },
  help:
    SCENARIO === 'no-webgpu'
      ? 'Chromium on Linux: open chrome://flags/#enable-unsafe-webgpu, enable it, restart.'
      : null,
  persistent: SCENARIO !== 'no-webgpu',
  storage: { used: 12_345_678, allowed: 2 ** 33 },
};

const darts = CELLS.find(({ name }) => name === 'DARTS')!;
const nat = CELLS.find(({ name }) => name === 'NAT_DARTS')!;

const searchRun = (id: string, name: string, more: Partial<RunRecord>): RunRecord => ({
  ...{ id, name, state: 'done', created: Date.UTC(2026, 10, 20), error: null, progress: 1 },
  ...{ digest: '0123456789abcdef'.repeat(4), adapter: 'Imaginary GPU' },
  request: { kind: 'search', preset: 'quick', settings: {}, arch: 'DARTS' },
  ...more,
});

const runs = new Map<string, RunRecord>(
  (SCENARIO === 'session'
    ? [
        searchRun('done', 'DARTS, quick', {}),
        searchRun('running', 'DARTS, with a very long name that somebody gave it', {
          state: 'running',
          progress: 0.42,
          digest: null,
        }),
        searchRun('failed', 'Too large', {
          state: 'failed',
          error: '--batch: got 900, but there are 750 images',
          digest: null,
        }),
        searchRun('paused', 'Paused', { state: 'paused', progress: 0.1, digest: null }),
        searchRun('trained', 'ResNet20, training', {
          request: { kind: 'train', settings: {}, arch: 'ResNet20' },
        }),
      ]
    : []
  ).map((record) => [record.id, record]),
);

function metrics({ run }: { run: string }): MetricsRow[] {
  const wave = (i: number): number => Math.sin(i / 3) / (3 + i / 4);
  const steps = Array.from({ length: 20 }, (_, i) => i);
  if (runs.get(run)?.request.kind === 'train') {
    return steps.flatMap((i) => [
      { epoch: i, phase: 'train', step: 5, loss: 2.3 / (1 + i / 8) + 0.1 * wave(i), top1: 0.1 + i / 40 },
      { epoch: i, phase: 'test', step: null, loss: 2, top1: 0.1 + i / 50 },
    ]);
  }
  return steps.flatMap((i): MetricsRow[] => [
    {
      epoch: Math.floor(i / 7),
      phase: 'weights',
      step: 6 * (i % 7) + 6,
      loss: 2.3 - i / 30 + wave(i),
      accuracy: 0.1 + i / 90,
    },
    {
      epoch: Math.floor(i / 7),
      phase: 'policy',
      step: 6 * (i % 7) + 6,
      reward: 0.02 * wave(i) + i / 2000,
      accuracyBefore: 0.15 + i / 200,
      accuracyAfter: 0.15 + i / 190 + 0.02 * wave(i),
      entropy: 16 - i / 3,
    },
  ]);
}

const probabilities: EdgeProbabilities = {
  actions: ['null', 'same', 'skip_connect'],
  values: Array.from({ length: 16 }, (_, i) => [0.1 + 0.02 * i, 0.6 - 0.02 * i, 0.3]),
};

const transformation: Transformation = {
  input: genotypeToJson(darts),
  output: genotypeToJson(nat),
  probabilities,
  accuracy: {
    selection: { images: 224, before: 0.2054, first: 0.2009, after: 0.2098 },
    test: { images: 224, before: 0.2232, first: 0.21, after: 0.2098 },
  },
  cost: { before: { params: 3.35e6, madds: 528.4e6 }, after: { params: 2.66e6, madds: 421.5e6 } },
  candidates: Array.from({ length: 10 }, () => ({ ...nat, accuracy: 0.2, params: 2.66e6, madds: 421.5e6 })),
  text: 'as Node prints it',
};

const place = (accuracy: number, rank: number): GroundTruthPlace => ({
  cell: '|nor_conv_3x3~0|+|nor_conv_3x3~0|skip_connect~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|',
  ...{ accuracy, rank, params: 1.1e6, madds: 153e6 },
});

let learned = SCENARIO === 'session';

const ANSWERS: { [N in keyof Calls]?: (ask: Calls[N]['ask']) => Calls[N]['answer'] } = {
  environment: () => environment,
  datasets: () => [
    {
      name: 'sample',
      classes: 'airplane automobile bird cat deer dog frog horse ship truck'.split(' '),
      images: 1000,
      testImages: 250,
      bytes: 6_146_000,
    },
  ],
  runs: () => [...runs.values()],
  estimate: ({ measure }) => ({ bytes: 48e6, pipelines: 112, steps: 96, seconds: measure ? 42 : null }),
  start({ request, name }) {
    const record = searchRun('started', name, { request, state: 'running', progress: 0, digest: null });
    runs.set(record.id, record);
    return record;
  },
  pause: ({ run }) => change(run, { state: 'paused' }),
  resume: ({ run }) => change(run, { state: 'running' }),
  rename: ({ run, name }) => change(run, { name }),
  remove({ run }) {
    runs.delete(run);
    announce({ event: 'removed', run });
    return null;
  },
  metrics,
  files: () => [
    { path: 'config.json', bytes: 812 },
    { path: 'metrics.jsonl', bytes: 4096 },
    { path: 'policy.safetensors', bytes: 123_456 },
  ],
  file: () => new TextEncoder().encode('contents') as Uint8Array<ArrayBuffer>,
  report: () => '<!doctype html><title>report</title>',
  derived: () => transformation,
  transform: () => transformation,
  probabilities: () => probabilities,
  confusion: () => ({
    classes: 'airplane automobile bird cat deer dog frog horse ship truck'.split(' '),
    counts: Array.from({ length: 10 }, (_, i) =>
      Array.from({ length: 10 }, (_, j) => (i === j ? 61 : (i * j) % 9)),
    ),
  }),
  classify: ({ width }) => ({
    classes: ['airplane', 'ship', 'truck'],
    probabilities: [0.71, 0.2, 0.09],
    seen: { size: 32, pixels: new Uint8ClampedArray(32 * 32 * 4).fill(width % 256) },
  }),
  learnTable() {
    for (let i = 0; i <= 4; i++) announce({ event: 'lesson', done: 250 * i, total: 1000 });
    learned = true;
    return null;
  },
  groundTruth: () => ({
    landscape: Float32Array.from({ length: 15_625 }, (_, i) => 94.4 - 84 / (1 + i / 400)),
    input: place(87.1, 9000),
    policy: learned ? place(93.2, 900) : null,
    policyBestOf10: learned ? place(93.9, 90) : null,
    random: { accuracy: 74.2 },
    randomBestOf10: { accuracy: 91.1 },
    oracle: place(94.3, 3),
  }),
  benchmark: () => ({
    format: 'nat-webgpu bench 1',
    benchmarks: ['conv2d_3x3', 'conv2d_1x1'].map((name) => ({
      ...{ name, shape: '64x20x32x32', clock: 'wall', gpu: null, wall: { median: 1.234 } },
      ...{
        gflops: 12.3,
        gbps: 4.5,
        limit: 'arithmetic',
        share: 0.61,
        rates: { fma: 30, copy: 12, matmul: 25 },
      },
    })),
  }),
  stopBenchmark: () => null,
};

function change(run: string, what: Partial<RunRecord>): null {
  const record = { ...runs.get(run)!, ...what };
  runs.set(run, record);
  announce({ event: 'run', record });
  return null;
}

self.onmessage = ({ data: { id, call, ask } }: MessageEvent<Request>) => {
  const answer = ANSWERS[call] as ((ask: unknown) => unknown) | undefined;
  if (answer) return post({ id, answer: answer(ask) });
  post({ id, problem: { message: `no ${call} here`, user: false, setting: null } });
};

if (SCENARIO === 'session') {
  const status = {
    label: 'epoch 2/3 policy',
    done: 3,
    total: 7,
    progress: 0.42,
    stepsPerSecond: 2.4,
    left: 31,
    bytes: 48e6,
    pipelines: 112,
  };
  setTimeout(() => announce({ event: 'status', status: { run: 'running', ...status } }), 200);
}
