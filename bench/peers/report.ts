// The table of bench:peers: every library's time, and how many times faster this one is than the best of the others.
import type { AdapterInfo } from '../../runtime/engine/adapter_info.ts';
import { type Column, formatTable } from '../report/table.ts';
import { BENCHMARKS, type BenchmarkName, type PeerSizes } from './ours.ts';
import { type Outcome, type Outcomes, overRounds } from './measure_peers.ts';

export const OURS = 'nat-webgpu';

export interface PeersRow {
  readonly bench: BenchmarkName;
  /** By library, this one first. */
  readonly times: Readonly<Record<string, Outcome>>;
  /** The fastest peer, and its time over ours; null where there is none. */
  readonly best: { readonly peer: string; readonly ratio: number } | null;
}

export interface PeersResult {
  readonly format: 'nat-webgpu peers 1';
  /** ISO 8601. */
  readonly date: string;
  readonly adapter: Pick<AdapterInfo, 'kind' | 'name' | 'vendor' | 'description'>;
  readonly runtime: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly sizes: PeerSizes;
  readonly rounds: number;
  readonly rows: readonly PeersRow[];
}

/** @param rounds outcomes by library, one a round */
export function rowsOf(
  rounds: Readonly<Record<string, readonly Outcomes[]>>,
  only: readonly BenchmarkName[] = BENCHMARKS,
): PeersRow[] {
  return only.map((bench) => {
    const times = Object.fromEntries(
      Object.entries(rounds).map(([library, outcomes]) => [library, overRounds(outcomes, bench)]),
    );
    const ours = times[OURS];
    const peers = Object.entries(times).flatMap(([peer, time]) =>
      peer !== OURS && 'ms' in time ? [{ peer, ms: time.ms }] : [],
    );
    const fastest = peers.toSorted((a, b) => a.ms - b.ms)[0];
    const best = fastest && ours && 'ms' in ours ? { peer: fastest.peer, ratio: fastest.ms / ours.ms } : null;
    return { bench, times, best };
  });
}

/** What a benchmark is, for people. */
export function titleOf(bench: BenchmarkName, { resnetBatch, chain }: PeerSizes): string {
  const titles: Readonly<Record<BenchmarkName, string>> = {
    conv2d_forward: 'conv2d 3x3',
    conv2d_gradients: 'conv2d 3x3 with gradients',
    depthwise_forward: 'depthwise 3x3',
    separable_forward: 'separable conv 3x3',
    separable_gradients: 'separable conv with gradients',
    batch_norm_forward: 'batch norm, training',
    max_pool_forward: 'max pool 3x3',
    resnet20_step: `ResNet-20 step, batch ${resnetBatch}`,
    chain: `${chain} tiny ops in a chain`,
  };
  return titles[bench];
}

const milliseconds = (outcome: Outcome | undefined): string =>
  outcome && 'ms' in outcome ? outcome.ms.toPrecision(3) : 'n/a';

/** Milliseconds a library, and the ratio; below it the reasons of those that have no time. */
export function formatPeers({ rows, sizes, adapter, rounds }: PeersResult, width = Infinity): string {
  const libraries = Object.keys(rows[0]?.times ?? {});
  const columns: Column<PeersRow>[] = [
    { title: 'ms', cell: ({ bench }) => titleOf(bench, sizes), left: true },
    ...libraries.map((library) => ({
      title: library,
      cell: ({ times }: PeersRow) => milliseconds(times[library]),
    })),
    {
      title: 'ratio to the best peer',
      cell: ({ best }) => (best ? `${best.ratio.toFixed(2)}x ${best.peer}` : ''),
    },
  ];
  const reasons = rows.flatMap(({ bench, times }) =>
    Object.entries(times).flatMap(([library, outcome]) =>
      'why' in outcome ? [`n/a: ${library}, ${titleOf(bench, sizes)}: ${outcome.why}`] : [],
    ),
  );
  const { batch, channels, size } = sizes;
  const head = `${adapter.name}, images ${batch}x${channels}x${size}x${size}, medians of ${rounds} rounds`;
  return `${[head, '', formatTable(columns, rows, width), ...reasons].join('\n').trimEnd()}\n`;
}
