// What a benchmark run leaves: bench/results/<adapter>.json. Written by `bench`, read by `bench:compare`, `bench:plot`.
import { dependencies, version } from 'virtual:package';
import type { AdapterInfo, AdapterKind } from '../../runtime/engine/adapter_info.ts';
import { UserError } from '../../runtime/errors.ts';
import { formatJson, parseJsonObject } from '../../src/io/json.ts';
import type { Limits } from '../limits/limits.ts';
import type { Measurement, MeasurePlan } from '../measure/measure.ts';
import type { Workload } from '../workloads/workload.ts';

/** One benchmark's line. */
export interface Row extends Measurement {
  readonly name: string;
  readonly group: string;
  readonly shape: string;
  readonly images: number | null;
  /** The clock that the rates are by: the GPU's own where it is hardware that has one. */
  readonly clock: 'gpu' | 'wall';
  /** 2 a multiply-add; null where there is no such arithmetic. */
  readonly gflops: number | null;
  /** Least traffic over time; null where that is not known. */
  readonly gbps: number | null;
  /** What bounds it from below: the least time that arithmetic, or traffic, takes. */
  readonly limit: 'arithmetic' | 'memory' | null;
  /** The limits that the shares below are of, GFLOP/s and GB/s: on software adapters those of the same moment. */
  readonly rates: Readonly<Record<keyof Limits, number>> | null;
  /** That least time over the time measured; above 1 where a cache is faster than the copies measured. */
  readonly share: number | null;
  /** GFLOP/s over those of the best matrix product. */
  readonly matmulShare: number | null;
  readonly imagesPerSecond: number | null;
}

export interface BenchResult {
  readonly format: typeof FORMAT;
  /** ISO 8601. */
  readonly date: string;
  readonly adapter: Pick<AdapterInfo, 'kind' | 'name' | 'vendor' | 'architecture' | 'description' | 'driver'>;
  /** 'node 20.11.0 linux x64'. */
  readonly runtime: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly plan: MeasurePlan;
  /** Null where only growth was measured. */
  readonly limits: Limits | null;
  readonly benchmarks: readonly Row[];
}

/** Where results lie in the repository. */
export const RESULTS = 'bench/results';

export const FORMAT = 'nat-webgpu bench 1';

/** The middle time of one iteration by the clock that a row's rates go by, in milliseconds. */
export const timeOf = ({ clock, gpu, wall }: Pick<Row, 'clock' | 'gpu' | 'wall'>): number =>
  (clock === 'gpu' && gpu ? gpu : wall).median;

/** A measurement beside what the adapter can do. */
export function rowOf(
  workload: Pick<Workload, 'name' | 'group' | 'shape' | 'images'>,
  measured: Measurement,
  kind: AdapterKind,
  limits: Limits | null,
): Row {
  const { madds, bytes, gpu, wall } = measured;
  const clock = kind === 'gpu' && gpu && gpu.median > 0 ? 'gpu' : 'wall';
  const seconds = timeOf({ clock, gpu, wall }) / 1000;
  const gflops = madds > 0 ? (2 * madds) / seconds / 1e9 : null;
  const gbps = bytes === null ? null : bytes / seconds / 1e9;
  const arithmetic = limits && gflops !== null ? gflops / limits.fma.rate : 0;
  const memory = limits && gbps !== null ? gbps / limits.copy.rate : 0;
  const share = Math.max(arithmetic, memory);
  const { name, group, shape, images = null } = workload;
  return {
    ...{ name, group, shape, images, clock, gflops, gbps },
    rates: limits && { fma: limits.fma.rate, copy: limits.copy.rate, matmul: limits.matmul.rate },
    limit: share === 0 ? null : arithmetic >= memory ? 'arithmetic' : 'memory',
    share: share === 0 ? null : share,
    matmulShare: limits && gflops !== null ? gflops / limits.matmul.rate : null,
    imagesPerSecond: images === null ? null : images / (wall.median / 1000),
    ...measured,
  };
}

export function resultOf(
  adapter: AdapterInfo,
  runtime: string,
  date: string,
  rest: Pick<BenchResult, 'plan' | 'limits' | 'benchmarks'>,
): BenchResult {
  const { kind, name, vendor, architecture, description, driver } = adapter;
  return {
    format: FORMAT,
    date,
    adapter: { kind, name, vendor, architecture, description, ...(driver ? { driver } : {}) },
    runtime,
    versions: { 'nat-webgpu': version, ...dependencies },
    ...rest,
  };
}

/** 'llvmpipe', 'swiftshader', 'nvidia-h100-80gb-hbm3': the adapter as a file's name. */
export const adapterSlug = ({ kind, name }: Pick<AdapterInfo, 'kind' | 'name'>): string =>
  kind === 'gpu'
    ? name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '')
    : kind;

/** The file's text: numbers to six digits, which no clock exceeds. */
export function formatResult(result: BenchResult): string {
  const rounded = JSON.parse(
    JSON.stringify(result, (_, value: unknown) =>
      typeof value === 'number' && !Number.isInteger(value) && Number.isFinite(value)
        ? Number(value.toPrecision(6))
        : value,
    ),
  );
  return formatJson(rounded, 'benchmark results');
}

/** Reads a result back. Throws UserError, one line, for what is none. */
export function parseResult(text: string, path: string): BenchResult {
  const label = `benchmark results ${path}`;
  const json = parseJsonObject(text, label);
  if (json['format'] !== FORMAT) {
    throw new UserError(
      `${label}: got format ${JSON.stringify(json['format'])}, expected "${FORMAT}"; make it with npm run bench`,
    );
  }
  const rows = json['benchmarks'];
  if (!Array.isArray(rows)) throw new UserError(`${label}: 'benchmarks' is no list`);
  for (const [i, row] of rows.entries()) {
    const { name, wall } = (row ?? {}) as Partial<Row>;
    const times = [wall?.median, wall?.mad];
    if (typeof name !== 'string' || !times.every((time) => typeof time === 'number' && time >= 0)) {
      throw new UserError(`${label}: benchmark ${i} has no name or no times`);
    }
  }
  return json as unknown as BenchResult;
}
