// An LSTM cell in two steps over its gates (N,4H) = linear(x) + linear(h), in the order i, f, g, o.
//   lstmState    c' = sigmoid(f) c + sigmoid(i) tanh(g)
//     grad_i = grad tanh(g) i (1-i), grad_f = grad c f (1-f), grad_g = grad i (1 - tanh(g)^2), grad_c = grad f,
//     with i and f after the sigmoid
//   lstmHidden   h' = sigmoid(o) tanh(c')
//     grad_o = grad tanh(c) o (1-o), grad_c = grad o (1 - tanh(c)^2)
import { defineOp, type GradTargets } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { bindOptional } from '../optional_output.ts';
import { expectShape, matrixShape } from '../shapes.ts';

export type LstmInputs = {
  readonly gates: Tensor;
  /** lstmState: the state before, (N,H); lstmHidden: the state after. */
  readonly c: Tensor;
};

/** Records one elementwise kernel over an (N,H) tensor. */
function elementwise(
  tape: Recorder,
  kernel: string,
  { gates, c }: LstmInputs,
  bind: Readonly<Record<string, Tensor>>,
  extra: Readonly<Record<string, number>> = {},
): void {
  const [n, hidden] = c.shape as [number, number];
  tape.dispatch(kernel, {
    bind: { gates, c, ...bind },
    params: { n, hidden, ...extra },
    threads: [n * hidden],
  });
}

function checkShapes(op: string, { gates, c }: LstmInputs): void {
  const [n, hidden] = matrixShape(op, 'c', c);
  expectShape(op, 'gates', gates, [n, 4 * hidden]);
}

/** Records the kernel that computes both gradients. */
function recordBackward(
  tape: Recorder,
  kernel: string,
  inputs: LstmInputs,
  gradOutput: Tensor,
  { gates, c }: GradTargets<'gates' | 'c'>,
): void {
  bindOptional(tape, gates?.grad ?? null, (grad_gates) =>
    bindOptional(tape, c?.grad ?? null, (grad_c) =>
      elementwise(
        tape,
        kernel,
        inputs,
        { grad_output: gradOutput, grad_gates, grad_c },
        {
          wants_gates: Number(gates !== null),
          wants_c: Number(c !== null),
          accumulate_gates: Number(gates?.accumulate ?? false),
          accumulate_c: Number(c?.accumulate ?? false),
        },
      ),
    ),
  );
}

export const lstmState = defineOp({
  name: 'lstmState',
  inputs: { gates: { grad: true }, c: { grad: true } },
  forward(tape: Recorder, inputs: LstmInputs, _attrs: object, into: Tensor | null) {
    checkShapes('lstmState', inputs);
    const next = tape.output('lstmState', inputs.c.shape, into);
    elementwise(tape, 'lstm_state', inputs, { next });
    return { output: next, saved: null };
  },
  backward: (tape, { inputs, gradOutput }, targets) =>
    recordBackward(tape, 'lstm_state_grad', inputs, gradOutput, targets),
});

export const lstmHidden = defineOp({
  name: 'lstmHidden',
  inputs: { gates: { grad: true }, c: { grad: true } },
  forward(tape: Recorder, inputs: LstmInputs, _attrs: object, into: Tensor | null) {
    checkShapes('lstmHidden', inputs);
    const h = tape.output('lstmHidden', inputs.c.shape, into);
    elementwise(tape, 'lstm_hidden', inputs, { h });
    return { output: h, saved: null };
  },
  backward: (tape, { inputs, gradOutput }, targets) =>
    recordBackward(tape, 'lstm_hidden_grad', inputs, gradOutput, targets),
});
