// `bench:peers`: this library beside others on the same adapter. `bench ours` is its own side of it.
import { hostGpu } from '../../runtime/host/host_gpu.ts';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import { ADAPTER_OPTION, defineCommand, openOptions } from '../../src/cli/command.ts';
import { fit, tableWidth } from '../../src/cli/layout.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { UserError } from '../../runtime/errors.ts';
import { formatJson } from '../../src/io/json.ts';
import { measure } from '../measure/measure.ts';
import { installPeers } from '../peers/install.ts';
import {
  environmentFor,
  type Outcomes,
  peerProgram,
  PEERS,
  peerVersion,
  type Program,
  runProgram,
} from '../peers/measure_peers.ts';
import { BENCHMARKS, type BenchmarkName, ourBenchmarks, type PeerSizes, sizesFor } from '../peers/ours.ts';
import { formatPeers, OURS, type PeersResult, rowsOf } from '../peers/report.ts';
import { peersSvg } from '../plot/peers.ts';
import { adapterSlug } from '../report/result.ts';
import { version } from 'virtual:package';

const RESULTS = 'bench/results';

/** A list with commas, of `known` names. */
function listed<T extends string>(
  flag: string,
  given: string | undefined,
  known: readonly T[],
): readonly T[] {
  const names = given?.split(',') ?? known;
  const unknown = names.find((name) => !known.includes(name as T));
  if (unknown !== undefined)
    throw new UserError(`${flag}: got '${unknown}', expected some of ${known.join(', ')}`);
  return known.filter((name) => names.includes(name));
}

export const peers = defineCommand({
  name: 'peers',
  summary: 'times other WebGPU libraries and this one in turn on one adapter',
  options: {
    only: { type: 'string', placeholder: 'LIST', help: `some of ${BENCHMARKS.join(', ')} (all)` },
    peers: {
      type: 'string',
      placeholder: 'LIST',
      help: `some of ${PEERS.map(({ name }) => name).join(', ')} (all)`,
    },
    rounds: {
      type: 'integer',
      default: 3,
      min: 1,
      max: 100,
      help: 'fresh processes for each library and benchmark',
    },
    adapter: ADAPTER_OPTION,
    json: { type: 'boolean', help: 'print the JSON instead of the table' },
  },
  async run(platform, options) {
    const only = listed('--only', options.only, BENCHMARKS);
    const names = listed(
      '--peers',
      options.peers,
      PEERS.map(({ name }) => name),
    );
    const chosen = PEERS.filter(({ name }) => names.includes(name));
    const progress = createProgress(platform, options);
    const engine = await openEngine(await hostGpu(), openOptions(platform, options));
    const { info } = engine;
    engine.destroy();
    progress.note(`adapter: ${info.name}`);
    const folder = installPeers((text) => progress.note(text));

    const sizes = sizesFor(info.kind);
    const ours: Program = { name: OURS, args: [process.argv[1]!, 'ours', '--adapter', info.name], cwd: '.' };
    const programs = [ours, ...chosen.map((peer) => peerProgram(peer, folder))];
    const rounds: Record<string, Outcomes[]> = Object.fromEntries(programs.map(({ name }) => [name, []]));
    const turns = Array.from({ length: options.rounds }, () => only).flatMap((benches) =>
      benches.flatMap((bench) => programs.map((program) => ({ bench, program }))),
    );
    for (const [done, { bench, program }] of turns.entries()) {
      progress.update({ label: 'libraries in turn', done, total: turns.length });
      const earlier = rounds[program.name]!;
      // what a library lacks it still lacks in the next round
      if (earlier.some((outcomes) => bench in outcomes && 'why' in outcomes[bench]!)) continue;
      earlier.push(await runProgram(program, environmentFor(info, sizes, bench), bench));
    }
    progress.finish();
    const { kind, name, vendor, description } = info;
    const result: PeersResult = {
      format: 'nat-webgpu peers 1',
      date: new Date().toISOString(),
      adapter: { kind, name, vendor, description },
      runtime: platform.runtime,
      versions: {
        [OURS]: version,
        ...Object.fromEntries(chosen.map((peer) => [peer.name, peerVersion(peer, folder)])),
      },
      sizes,
      rounds: options.rounds,
      rows: rowsOf(rounds, only),
    };
    const text = formatJson(result, 'results beside peers');
    // only complete results take the place of complete results
    if (only.length === BENCHMARKS.length && chosen.length === PEERS.length) {
      const path = `${RESULTS}/peers.${adapterSlug(info)}`;
      await platform.files.makeDirectory(RESULTS);
      await platform.files.writeAtomic(`${path}.json`, text);
      await platform.files.writeAtomic(`${path}.svg`, peersSvg(result));
      progress.note(`results: ${path}.json, ${path}.svg`);
    }
    const width = tableWidth(platform.terminal.screens?.out);
    platform.terminal.out(options.json ? text : fit(formatPeers(result, width), width));
  },
});

export const ours = defineCommand({
  name: 'ours',
  summary: "this library's side of the comparison with peers, one JSON line a benchmark",
  options: { adapter: ADAPTER_OPTION },
  async run(platform, options) {
    const gpu = await hostGpu();
    const engine = await openEngine(gpu, openOptions(platform, options));
    const { PEER_SIZES, PEER_ONLY } = platform.env;
    const sizes = PEER_SIZES ? (JSON.parse(PEER_SIZES) as PeerSizes) : sizesFor(engine.kind);
    const benchmarks = ourBenchmarks(sizes);
    try {
      for (const bench of listed<BenchmarkName>('PEER_ONLY', PEER_ONLY, BENCHMARKS)) {
        const { wall } = await measure(engine, { prepare: benchmarks[bench] }, { seconds: 1.5, samples: 7 });
        platform.terminal.out(`${JSON.stringify({ bench, ms: wall.median })}\n`);
      }
    } finally {
      engine.destroy();
    }
  },
});
