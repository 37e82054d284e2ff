// How long the operations of the CIFAR-10 network take on an adapter, for one image: a table measured once and kept
// beside the run, so that what derive chooses by it can be repeated. Times are whole nanoseconds: their sums are exact.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Files } from '../../runtime/host/platform.ts';
import type { AdapterInfo } from '../../runtime/engine/adapter_info.ts';
import { UserError } from '../../runtime/errors.ts';
import { formatJson, parseJsonObject } from '../io/json.ts';
import { concatKey, EDGE_SITES, type EdgeSite, edgeSite } from '../networks/edge_cost.ts';
import { CELL_KINDS, type Genotype } from '../arch/genotype.ts';
import type { Primitive } from '../arch/primitives.ts';
import { measureEdges, measureFixedPart, type Stopwatch } from './latency.ts';

export interface LatencyTable {
  readonly unit: 'ns';
  readonly adapter: string;
  /** The network without edges, by the numbers of nodes that its cells concatenate: '4,4'. */
  readonly fixed: Readonly<Record<string, number>>;
  /** All edges of a kind in the network together. */
  readonly edges: Readonly<Record<EdgeSite, Readonly<Partial<Record<Primitive, number>>>>>;
}

const FILE = 'latency.json';

export interface LatencyRequest extends Stopwatch {
  readonly files: Files;
  /** The run folder. */
  readonly dir: string;
  readonly genotype: Genotype;
  /** The operations that a transformation of it may use. */
  readonly primitives: readonly Primitive[];
}

/** The run's table for this adapter; what it lacks is measured, and the run folder keeps it. */
export async function latencyTable(engine: Device, request: LatencyRequest): Promise<LatencyTable> {
  const { files, dir, genotype, primitives } = request;
  const path = `${dir}/${FILE}`;
  const adapter = describeAdapter(engine.info);
  const known = (await files.exists(path)) ? parseTable(await files.readText(path), path) : null;
  let table: LatencyTable =
    known?.adapter === adapter
      ? known
      : { unit: 'ns', adapter, fixed: {}, edges: { normal: {}, reduceInput: {}, reduceInner: {} } };
  const missing = primitives.filter((op) => EDGE_SITES.some((site) => table.edges[site][op] === undefined));
  const key = concatKey(genotype);
  if (missing.length === 0 && table.fixed[key] !== undefined) return table;
  if (missing.length > 0) {
    const measured = await measureEdges(engine, missing, request);
    const sites = EDGE_SITES.map((site) => [site, { ...table.edges[site], ...measured[site] }] as const);
    table = { ...table, edges: Object.fromEntries(sites) as LatencyTable['edges'] };
  }
  if (table.fixed[key] === undefined) {
    table = { ...table, fixed: { ...table.fixed, [key]: await measureFixedPart(engine, genotype, request) } };
  }
  await files.writeAtomic(path, formatJson(table, FILE));
  return table;
}

/** The latency of a network in nanoseconds: the sum of its parts. */
export function networkLatency({ fixed, edges }: LatencyTable, genotype: Genotype): number {
  const parts = CELL_KINDS.flatMap((kind) =>
    genotype[kind].map(([op, from]) => edges[edgeSite(kind, from)][op]!),
  );
  return parts.reduce((sum, part) => sum + part, fixed[concatKey(genotype)]!);
}

const describeAdapter = ({ name, driver }: AdapterInfo): string => (driver ? `${name}, ${driver}` : name);

function parseTable(text: string, path: string): LatencyTable {
  const table = parseJsonObject(text, path) as unknown as LatencyTable;
  const groups = [table.fixed, ...EDGE_SITES.map((site) => table.edges?.[site])];
  const isTime = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  if (table.unit !== 'ns' || !groups.every((group) => group && Object.values(group).every(isTime))) {
    throw new UserError(`${path}: not a table of latencies in whole nanoseconds; remove it to measure again`);
  }
  return table;
}
