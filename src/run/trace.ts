// Steps as a trace for Perfetto and Chrome (https://ui.perfetto.dev): the Trace Event Format, complete events.
import type { Region } from '../../runtime/engine/engine.ts';
import type { TracedCommand } from '../../runtime/engine/tracing_device.ts';
import type { Tensor } from '../core/tensor.ts';

/** What one step ran. */
export interface TracedStep {
  readonly name: string;
  readonly commands: readonly TracedCommand[];
}

interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Trace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: Readonly<Record<string, string>>;
}

/** Where there is no clock, every command takes as long as any other. */
const SLOT_US = 10;

/** A trace with a row for every step, which begin together. @param adapter its name */
export function chromeTrace(steps: readonly TracedStep[], adapter: string): Trace {
  const timed = steps.every(({ commands }) => commands.every(({ time }) => time !== null));
  const events = steps.flatMap(({ name, commands }, row): TraceEvent[] => {
    const place = { pid: 1, tid: row + 1 };
    const begin = commands[0]?.time?.begin ?? 0;
    const us = (ms: number): number => Math.round(1e6 * (ms - begin)) / 1e3;
    return [
      { name: 'thread_name', ph: 'M', ...place, args: { name } },
      ...commands.map(({ kernel, call, time }, i): TraceEvent => {
        const [ts, dur] =
          timed && time
            ? [us(time.begin), Math.max(0, us(time.end) - us(time.begin))]
            : [i * SLOT_US, SLOT_US];
        const cat = call === null ? 'clear' : (call.part ?? 'step');
        return { name: kernel, ph: 'X', ...place, ts, dur, cat, args: argsOf(call) };
      }),
    ];
  });
  const times = timed
    ? 'timestamp queries of the GPU, which may be rounded; each command was submitted alone, so gaps are longer than in a run'
    : `no clock on this adapter: the order is right, each command is drawn ${SLOT_US} us long`;
  return { traceEvents: events, displayTimeUnit: 'ms', otherData: { adapter, times } };
}

/** The tensors that a call binds, by the names of the bindings, and what it is called with. */
function argsOf(call: TracedCommand['call']): Record<string, unknown> {
  if (!call) return {};
  const shapes = Object.entries(call.bind).map(([name, region]) => [name, shapeOf(region)]);
  const { part, threads, params = {}, constants = {} } = call;
  return {
    ...(part !== undefined && { part }),
    tensors: Object.fromEntries(shapes),
    threads,
    params,
    constants,
  };
}

const shapeOf = (region: Region): string => {
  const { shape } = region as Partial<Tensor>;
  return shape ? `(${shape.join(',')})` : `${region.bytes} bytes`;
};
