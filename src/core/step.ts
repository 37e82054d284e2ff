// What a device is told to do, as one value: bytes that are written first, then commands that read them. Whoever makes
// a step cannot forget the one or run the other too early.
import type { Command, Region, Runner } from '../../runtime/engine/engine.ts';

/** Bytes for a region; the region's start where there are fewer. */
export interface Write {
  readonly region: Region;
  readonly data: ArrayBufferView<ArrayBuffer>;
}

/** Bytes that are written first, and the commands that then run: one value for `runSteps`. */
export interface Step {
  /** The data is the step's own: nobody changes it before the step runs. */
  readonly writes: readonly Write[];
  /** Lists of commands, run in order. */
  readonly commands: readonly (readonly Command[])[];
}

/** A step that runs nothing. */
export const writesOnly = (...writes: readonly Write[]): Step => ({ writes, commands: [] });

/** A step that writes nothing. */
export const commandsOnly = (...commands: readonly (readonly Command[])[]): Step => ({
  writes: [],
  commands,
});

/** Steps one after the other. Throws where two write the same memory: all writes come before all commands. */
export function inOrder(...steps: readonly Step[]): Step {
  const writes = steps.flatMap((step) => step.writes);
  writes.forEach(({ region }, i) => {
    const again = writes.slice(0, i).some((other) => samePlace(other.region, region));
    if (again) throw new Error(`internal: '${region.buffer.label}' is written twice before one submission`);
  });
  return { writes, commands: steps.flatMap(({ commands }) => commands) };
}

/** Runs steps in one submission. */
export function runSteps(device: Runner, ...steps: readonly Step[]): void {
  const { writes, commands } = inOrder(...steps);
  for (const { region, data } of writes) device.write(region, data);
  if (commands.length > 0) device.submit(...commands);
}

const samePlace = (a: Region, b: Region): boolean => a.buffer === b.buffer && a.offset === b.offset;
