// An LSTM cell in two steps over its gates (N,4H) = linear(x) + linear(h), in the order i, f, g, o.
//   lstmState    c' = sigmoid(f) c + sigmoid(i) tanh(g)
//     grad_i = grad tanh(g) i (1-i), grad_f = grad c f (1-f), grad_g = grad i (1 - tanh(g)^2), grad_c = grad f,
//     with i and f after the sigmoid
//   lstmHidden   h' = sigmoid(o) tanh(c')
//     grad_o = grad tanh(c) o (1-o), grad_c = grad o (1 - tanh(c)^2)
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
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
  tape.dispatch(kernel, { bind: { gates, ...bind }, params: { n, hidden, ...extra }, threads: [n * hidden] });
}

function checkShapes(op: string, { gates, c }: LstmInputs): void {
  const [n, hidden] = matrixShape(op, 'c', c);
  expectShape(op, 'gates', gates, [n, 4 * hidden]);
}

export const lstmState = defineOp({
  name: 'lstmState',
  inputs: { gates: { grad: true }, c: { grad: true } },
  forward(tape: Recorder, inputs: LstmInputs, _attrs: object, into: Tensor | null) {
    checkShapes('lstmState', inputs);
    const { c } = inputs;
    const next = tape.output('lstmState', c.shape, into);
    elementwise(tape, 'lstm_state', inputs, { c, next });
    return { output: next, saved: null };
  },
  backward: perInput({
    gates(tape, { inputs, gradOutput }, { grad, accumulate }) {
      const bind = { c: inputs.c, grad_next: gradOutput, grad_gates: grad };
      elementwise(tape, 'lstm_state_grad_gates', inputs, bind, { accumulate: Number(accumulate) });
    },
    c(tape, { inputs, gradOutput }, { grad, accumulate }) {
      const bind = { grad_next: gradOutput, grad_c: grad };
      elementwise(tape, 'lstm_state_grad_c', inputs, bind, { accumulate: Number(accumulate) });
    },
  }),
});

export const lstmHidden = defineOp({
  name: 'lstmHidden',
  inputs: { gates: { grad: true }, c: { grad: true } },
  forward(tape: Recorder, inputs: LstmInputs, _attrs: object, into: Tensor | null) {
    checkShapes('lstmHidden', inputs);
    const { c } = inputs;
    const h = tape.output('lstmHidden', c.shape, into);
    elementwise(tape, 'lstm_hidden', inputs, { c, h });
    return { output: h, saved: null };
  },
  backward: perInput({
    gates(tape, { inputs, gradOutput }, { grad, accumulate }) {
      const bind = { c: inputs.c, grad_h: gradOutput, grad_gates: grad };
      elementwise(tape, 'lstm_hidden_grad_gates', inputs, bind, { accumulate: Number(accumulate) });
    },
    c(tape, { inputs, gradOutput }, { grad, accumulate }) {
      const bind = { c: inputs.c, grad_h: gradOutput, grad_c: grad };
      elementwise(tape, 'lstm_hidden_grad_c', inputs, bind, { accumulate: Number(accumulate) });
    },
  }),
});
