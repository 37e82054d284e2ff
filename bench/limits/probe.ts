// A kernel that does one thing as fast as an adapter can, and the check that it did it.
import type { Device, KernelCall, Region } from '../../runtime/engine/engine.ts';
import { enqueueCommands, type Workload } from '../workloads/workload.ts';

export interface Probe {
  readonly name: string;
  /** Floating-point operations (2 a multiply-add) or bytes of one iteration. */
  readonly amount: number;
  /** Makes the buffers and their contents, and says what to run. */
  setUp(engine: Device): { readonly call: KernelCall; readonly result: Region };
  /** Index and value of the first result that is not as it must be; null where all are. */
  check(result: Float32Array): { readonly at: number; readonly expected: number } | null;
}

/** A probe as a workload, and what to ask once it has run: what is wrong with its result, or null. */
export function probeWorkload(probe: Probe): {
  readonly workload: Pick<Workload, 'prepare'>;
  complaint(engine: Device): Promise<string | null>;
} {
  let result: Region | null = null;
  return {
    workload: {
      async prepare(engine) {
        const made = probe.setUp(engine);
        result = made.result;
        const { kernel, constants = {} } = made.call;
        await engine.compile([{ kernel, constants }]);
        const commands = [engine.record(made.call)];
        const enqueue = async (count: number): Promise<void> => enqueueCommands(engine, commands, count);
        return { work: { madds: 0, bytes: null }, enqueue };
      },
    },
    async complaint(engine) {
      const [bytes] = await engine.read(result!);
      const values = new Float32Array(bytes!.buffer);
      const wrong = probe.check(values);
      return wrong && `result ${wrong.at} is ${values[wrong.at]}, expected ${wrong.expected}`;
    },
  };
}
