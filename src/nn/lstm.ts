// An LSTM over sequences of one length, all of them in step:  h_t, c_t = LSTM(x_t, h_t-1, c_t-1).
// What lies in order of step and sequence has the first rows of all sequences first, then the second ones.
import type { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { add } from '../ops/elementwise/add.ts';
import { concat } from '../ops/elementwise/concat.ts';
import { sliceRows } from '../ops/elementwise/slice_rows.ts';
import { linear } from '../ops/matmul/linear.ts';
import { lstmHidden, lstmState } from '../ops/policy/lstm_cell.ts';

export interface LstmState {
  /** h, (sequences,H); null for zeros. */
  readonly hidden: Tensor | null;
  /** c, (sequences,H). */
  readonly cell: Tensor;
}

/** One step. @param rows what the inputs add to the gates, (sequences,4H) @param weight of h, (4H,H) */
export function lstmStep(
  tape: Tape,
  rows: Tensor,
  weight: Tensor,
  { hidden, cell }: LstmState,
): { hidden: Tensor; cell: Tensor } {
  const gates = gatesOf(tape, hidden, weight, rows);
  const next = tape.apply(lstmState, { gates, c: cell });
  return { hidden: tape.apply(lstmHidden, { gates, c: next }), cell: next };
}

/**
 * All steps. Returns the states h, (sequences, steps * H): those of a sequence one after the other.
 * @param added what the inputs add to the gates, (steps * sequences, 4H) in order of step and sequence
 * @param weight of h, (4H,H)
 */
export function lstm(tape: Tape, added: Tensor, weight: Tensor, start: LstmState): Tensor {
  const sequences = start.cell.shape[0]!;
  const outputs: Tensor[] = [];
  let state = start;
  for (let begin = 0; begin < added.shape[0]!; begin += sequences) {
    const rows = tape.apply(sliceRows, { x: added }, { begin, end: begin + sequences });
    const next = lstmStep(tape, rows, weight, state);
    state = next;
    outputs.push(next.hidden);
  }
  return joinColumns(tape, outputs);
}

/** W h_t-1 plus what the inputs add, `rows` (sequences, 4H); where h is 0 nothing but that. */
function gatesOf(tape: Tape, before: Tensor | null, weight: Tensor, rows: Tensor): Tensor {
  if (!before) return rows;
  const [sequences, gates] = rows.shape as [number, number];
  // To the product of a single sequence, the input's part is a bias, which saves a call.
  if (sequences === 1) {
    return tape.apply(linear, { x: before, weight, bias: tape.reshape(rows, [gates]) });
  }
  return tape.apply(add, { a: tape.apply(linear, { x: before, weight, bias: null }), b: rows });
}

/** Inputs of one concatenation. */
const JOINED_AT_ONCE = 32;

/** (R,H) each -> (R, H times their number). */
function joinColumns(tape: Tape, parts: readonly Tensor[]): Tensor {
  if (parts.length === 1) return parts[0]!;
  const joined: Tensor[] = [];
  for (let at = 0; at < parts.length; at += JOINED_AT_ONCE) {
    const group = parts.slice(at, at + JOINED_AT_ONCE);
    joined.push(tape.apply(concat, Object.fromEntries(group.map((x, k) => [`x${k}`, x]))));
  }
  return joinColumns(tape, joined);
}
