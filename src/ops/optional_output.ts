// Outputs that a kernel has and that not every call of it wants.
import type { Recorder } from '../core/recorder.ts';
import type { Tensor } from '../core/tensor.ts';

/**
 * Records a call with `output` bound, or, where it is null, with a stand-in, since something must be bound. The kernel
 * must then be told not to write there.
 */
export function bindOptional(tape: Recorder, output: Tensor | null, record: (bound: Tensor) => void): void {
  if (output) return record(output);
  const unused = tape.scratch('unused output', [4]);
  record(unused);
  tape.release(unused);
}
