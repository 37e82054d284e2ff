// @ts-nocheck: runs beside libraries that are installed elsewhere
// Writes small ONNX models: as much of protobuf as they need.
import { he, numel, uniform } from './common.mjs';

const encoder = new TextEncoder();
const FLOATS = 1;

function concat(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function varint(value) {
  const bytes = [];
  for (let rest = value; bytes.length === 0 || rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
  }
  return Uint8Array.from(bytes);
}

const number = (field, value) => concat(varint(field * 8), varint(value));

function message(field, content) {
  const bytes = typeof content === 'string' ? encoder.encode(content) : content;
  return concat(varint(field * 8 + 2), varint(bytes.length), bytes);
}

const bytesOf = (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** An attribute: a whole number, or a list of them. */
export function attribute(name, value) {
  const content = Array.isArray(value)
    ? concat(...value.map((each) => number(8, each)), number(20, 7))
    : concat(number(3, value), number(20, 2));
  return message(5, concat(message(1, name), content));
}

function valueInfo(name, shape) {
  const dimensions = concat(...shape.map((extent) => message(1, number(1, extent))));
  return concat(message(1, name), message(2, message(1, concat(number(1, FLOATS), message(2, dimensions)))));
}

export class Graph {
  nodes = [];
  weights = [];

  /** The name of the result. */
  op(type, inputs, ...attributes) {
    const output = `t${this.nodes.length}`;
    const names = inputs.map((input) => message(1, input));
    this.nodes.push(message(1, concat(...names, message(2, output), message(4, type), ...attributes)));
    return output;
  }

  weight(shape, values) {
    const name = `w${this.weights.length}`;
    const dimensions = shape.map((extent) => number(1, extent));
    const data = [number(2, FLOATS), message(8, name), message(9, bytesOf(values))];
    this.weights.push(message(5, concat(...dimensions, ...data)));
    return name;
  }

  conv(x, inputs, outputs, k, { stride = 1, groups = 1 } = {}) {
    const shape = [outputs, inputs / groups, k, k];
    const weight = this.weight(shape, uniform(numel(shape), he(inputs / groups, k)));
    return this.op(
      'Conv',
      [x, weight],
      attribute('kernel_shape', [k, k]),
      attribute('pads', Array(4).fill(k >> 1)),
      attribute('strides', [stride, stride]),
      attribute('group', groups),
    );
  }

  /** The model's bytes; its input is called x. */
  model(inputShape, output, outputShape) {
    const ends = [message(11, valueInfo('x', inputShape)), message(12, valueInfo(output, outputShape))];
    const graph = concat(...this.nodes, message(2, 'graph'), ...this.weights, ...ends);
    return concat(number(1, 8), message(8, number(2, 17)), message(7, graph));
  }
}
