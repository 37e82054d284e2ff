// Measures operations of the CIFAR-10 network (36 channels, 20 cells) on the adapter in use, for one image, as a
// trained network runs them: batch norms with running statistics, nothing kept for a backward pass. An edge's time
// is that of its operation and of adding its result to the node.
import type { Command, Device, Engine } from '../../runtime/engine/engine.ts';
import { createTensor, directAllocator } from '../core/allocator.ts';
import { planRecording } from '../core/plan.ts';
import { buildCellNetwork } from '../networks/cell_network.ts';
import {
  EDGE_SITES,
  type EdgeSite,
  type OperationPlace,
  placesOf,
  withoutEdges,
} from '../networks/edge_cost.ts';
import type { Genotype } from '../arch/genotype.ts';
import { square } from '../networks/geometry.ts';
import { MACRO_SETTINGS } from '../networks/macro_setting.ts';
import { applyOperation, buildOperation } from '../networks/operations.ts';
import type { Primitive } from '../arch/primitives.ts';
import { ParameterStore } from '../nn/parameters.ts';
import { add } from '../ops/elementwise/add.ts';
import { Tape } from '../core/tape.ts';
import type { Shape } from '../core/tensor.ts';

type Recorded = ReadonlyMap<string, readonly Command[]>;

/** How a measurement is made. */
export interface Stopwatch {
  /** Milliseconds, monotonic. */
  now(): number;
  /** After each of the things measured. */
  report?(done: number, total: number): void;
}

/** Nanoseconds of each operation in all cells of the network together, by where the edge stands. */
export async function measureEdges(
  engine: Device,
  primitives: readonly Primitive[],
  watch: Stopwatch,
): Promise<Record<EdgeSite, Partial<Record<Primitive, number>>>> {
  const key = (op: Primitive, { channels, size, stride }: OperationPlace): string =>
    `${op} ${channels} ${size} ${stride}`;
  const record = (on: Engine): Recorded => {
    const places = EDGE_SITES.flatMap((site) => placesOf(site));
    const pairs = primitives.flatMap((op) => places.map((place) => [key(op, place), { op, place }] as const));
    return new Map([...new Map(pairs)].map(([name, { op, place }]) => [name, recordEdge(on, op, place)]));
  };
  const times = await timeAll(engine, record, watch);
  const timesAt = (site: EdgeSite) =>
    primitives.map((op) => [op, placesOf(site).reduce((sum, place) => sum + times.get(key(op, place))!, 0)]);
  const sites = EDGE_SITES.map((site) => [site, Object.fromEntries(timesAt(site))]);
  return Object.fromEntries(sites);
}

/** Nanoseconds of the network without edges: stem, preprocessing, concatenations, classifier. */
export async function measureFixedPart(
  engine: Device,
  genotype: Genotype,
  watch: Stopwatch,
): Promise<number> {
  const record = (on: Engine): Recorded => {
    const { channels, layers, classes, imageSize } = MACRO_SETTINGS.cifar10;
    const size = { channels, layers, classes, imageSize };
    const config = { genotype: withoutEdges(genotype), ...size, auxiliary: false };
    const { weights, statistics, forward } = buildCellNetwork(config);
    weights.allocate(on);
    statistics.allocate(on);
    const tape = inferenceTape(on);
    forward(tape, input(on, square(1, 3, imageSize)));
    return new Map([['network', tape.take()]]);
  };
  return (await timeAll(engine, record, watch)).get('network')!;
}

function recordEdge(engine: Engine, op: Primitive, { channels, size, stride }: OperationPlace): Command[] {
  const weights = new ParameterStore('weights', false);
  const statistics = new ParameterStore('running statistics', false);
  const operation = buildOperation({ weights, statistics, affine: true }, op, op, channels, stride, false);
  if (operation.kind === 'null') return [];
  weights.allocate(engine);
  statistics.allocate(engine);
  const tape = inferenceTape(engine);
  const x = input(engine, square(1, channels, size));
  const result = operation.kind === 'compute' ? applyOperation(operation, tape, x) : x;
  tape.apply(add, { a: result, b: null });
  return tape.take();
}

function inferenceTape(engine: Engine): Tape {
  const allocator = directAllocator(engine);
  return new Tape({
    engine,
    activations: allocator,
    scratch: allocator,
    training: false,
    batchStatistics: false,
  });
}

const input = (engine: Engine, shape: Shape) => createTensor(engine, 'input', shape);

/** Rounds of each measurement, of which the fastest counts: whatever else the machine does only adds time. */
const ROUNDS = 5;
/** A round repeats the commands for about this long, so that submitting them weighs little. */
const MS_A_ROUND = 4;
const MOST_REPEATS = 64;

/** Whole nanoseconds of each list of commands. Pipelines are compiled before. */
async function timeAll(
  engine: Device,
  record: (on: Engine) => Recorded,
  watch: Stopwatch,
): Promise<ReadonlyMap<string, number>> {
  const once = async (commands: readonly Command[], repeats: number): Promise<number> => {
    const began = watch.now();
    engine.submit(...Array.from({ length: repeats }, () => commands));
    await engine.idle();
    return watch.now() - began;
  };
  const fastest = async (commands: readonly Command[], repeats: number): Promise<number> => {
    let best = Infinity;
    for (let round = 0; round < ROUNDS; round++) best = Math.min(best, await once(commands, repeats));
    return best;
  };
  const submission = await fastest([], 1);
  const times = new Map<string, number>();
  const recorded = await planRecording(engine, record).record(engine);
  for (const [name, commands] of recorded) {
    await once(commands, 1);
    const rough = Math.max(await once(commands, 1), 1e-3);
    const repeats = Math.max(1, Math.min(MOST_REPEATS, Math.ceil(MS_A_ROUND / rough)));
    const ms = (await fastest(commands, repeats)) - submission;
    watch.report?.(times.size + 1, recorded.size);
    times.set(name, commands.length === 0 ? 0 : Math.max(0, Math.round((1e6 * ms) / repeats)));
  }
  return times;
}
