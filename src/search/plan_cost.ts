// What a step of a search costs, told without an adapter: the search's own steps, on an engine that encodes every
// call and computes nothing.
import type { AdapterKind } from '../../runtime/engine/adapter_info.ts';
import { type Counters, type Device, type EngineLimits, UNLIMITED } from '../../runtime/engine/engine.ts';
import { stepsPerEpoch } from '../data/order.ts';
import type { SearchConfig } from './config.ts';
import { ENGINE_PART, partsOfSearch } from './plan_parts.ts';
import { rehearse } from './rehearsal.ts';
import { splitImages } from './splits.ts';
import { planSearch, type SearchPlan, type SearchSession } from './session.ts';

/** A figure for a step of w and for a step of theta. */
export interface PerStep {
  weights: number;
  policy: number;
}

export interface PartUse {
  readonly part: string;
  readonly dispatches: PerStep;
  readonly bytes: number;
}

export interface SearchCost {
  readonly dispatches: PerStep;
  readonly hostMs: PerStep;
  /** Buffers, bind groups, pipelines and shader modules made in a step. */
  readonly created: number;
  readonly pipelines: number;
  readonly bytes: number;
  /** Sums to the figures above: to `dispatches` by its dispatches, to `bytes` by its bytes. */
  readonly parts: readonly PartUse[];
}

/** Steps of each kind, every one with architectures of its own. */
const STEPS = 64;
/** Times that the same steps run: once to record what they need, once so that all code is compiled, then timed. */
const ROUNDS = { warmUp: 2, timed: 5 };

const CREATED = ['buffers', 'bindGroups', 'pipelines', 'shaderModules'] as const;

/** Largest buffer and binding of the adapters of a kind: of the kinds without a GPU what they have, else no limit. */
export const limitsOfKind = (kind: AdapterKind): EngineLimits =>
  kind === 'gpu' ? UNLIMITED : { maxBufferBytes: 2 ** 30, maxBindingBytes: 2 ** 27 };

/**
 * Averages over random architectures, once everything that they need is recorded. The probabilities read back are
 * all 0, so that their transformations take every allowed action equally often.
 * @param images training images of the data set
 * @param now milliseconds
 */
export async function searchCost(
  engine: Device,
  plan: SearchPlan,
  images: number,
  now: () => number,
): Promise<SearchCost> {
  // a device that computes nothing looks at no pixel
  const zeros = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
  const { session, ...steps } = await rehearse(engine, plan, images, now, zeros);
  const dispatches = { weights: 0, policy: 0 };
  const hostMs = { weights: 0, policy: 0 };
  let created = 0;
  for (const phase of ['weights', 'policy'] as const) {
    for (let i = 0; i < ROUNDS.warmUp * STEPS; i++) await steps[phase](i % STEPS);
    await engine.idle();
    session.takeWaitedMs();
    const before = { ...engine.counters };
    const times: number[][] = Array.from({ length: STEPS }, () => []);
    for (let i = 0; i < ROUNDS.timed * STEPS; i++) {
      const began = now();
      await steps[phase](i % STEPS);
      times[i % STEPS]!.push(now() - began - session.takeWaitedMs());
    }
    const count = ROUNDS.timed * STEPS;
    dispatches[phase] = (engine.counters.dispatches - before.dispatches) / count;
    created += createdSince(before, engine.counters) / (2 * count);
    hostMs[phase] = times.reduce((sum, each) => sum + median(each), 0) / STEPS;
    await engine.idle();
  }
  return {
    dispatches,
    hostMs,
    created,
    pipelines: plan.pipelines.length,
    bytes: plan.bytes,
    parts: await costOfParts(session, plan.bytes, steps),
  };
}

/** Runs every step once more to see which parts its commands belong to. Throws for what belongs to none. */
async function costOfParts(
  { engine, program }: SearchSession,
  plannedBytes: number,
  steps: Readonly<Record<keyof PerStep, (step: number) => Promise<void>>>,
): Promise<PartUse[]> {
  const parts = new Map(
    partsOfSearch(program.model.config.primitives).map((part) => [
      part,
      { part, dispatches: { weights: 0, policy: 0 }, bytes: 0 },
    ]),
  );
  const row = (part: string | undefined, what: string) => {
    const found = part === undefined ? undefined : parts.get(part);
    if (!found) throw new Error(`internal: ${what} belongs to no part of the search`);
    return found;
  };
  for (const phase of ['weights', 'policy'] as const) {
    engine.observer = (commands) => {
      for (const { part, kernel } of commands) {
        if (kernel !== 'clear') row(part, kernel).dispatches[phase] += 1 / STEPS;
      }
    };
    for (let i = 0; i < STEPS; i++) await steps[phase](i);
  }
  engine.observer = null;
  let used = 0;
  for (const { label, part, bytes } of engine.buffers) {
    row(part, label).bytes += bytes;
    used += bytes;
  }
  // The rest is kernel parameters, and the readback of a checkpoint, which no step makes.
  row(ENGINE_PART, ENGINE_PART).bytes = plannedBytes - used;
  return [...parts.values()];
}

/** Steps of the whole search; random search has no theta. Throws SettingError where there are not images enough for one. */
export function stepsOf(config: SearchConfig, images: number): PerStep {
  const { trainFraction, batch, seed, maxSteps, epochs, policy } = config;
  const splits = splitImages(images, trainFraction, batch, seed);
  const count = (part: Int32Array): number => epochs * stepsPerEpoch(part.length, batch, maxSteps);
  return { weights: count(splits.weights), policy: policy === 'random' ? 0 : count(splits.policy) };
}

/** Of all steps, at so many milliseconds each. */
export const millisecondsOf = (steps: PerStep, ms: PerStep): number =>
  steps.weights * ms.weights + steps.policy * ms.policy;

/** Plans for an adapter of a kind. */
export const planForKind = (kind: AdapterKind, config: SearchConfig, images: number): SearchPlan =>
  planSearch({ kind, limits: limitsOfKind(kind) }, config, images);

const createdSince = (before: Counters, after: Counters): number =>
  CREATED.reduce((sum, name) => sum + after[name] - before[name], 0);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
