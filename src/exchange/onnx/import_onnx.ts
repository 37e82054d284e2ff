// Weights from an ONNX model. The model's graph is held against the one that the network would be exported as, from the
// logits back; where the two agree, each weight of ours is the model's in the same place. Names play no part, so models
// of other exporters do, as long as they have the same operators and did not fold batch norms into convolutions.
import { UserError } from '../../../runtime/errors.ts';
import { numel, showShape } from '../../core/tensor.ts';
import type { TensorData, Tensors } from '../../io/safetensors.ts';
import { onnxGraph } from './export_onnx.ts';
import type { GraphNetwork } from './graph_tape.ts';
import { parseOnnx } from './model.ts';
import { type NormalGraph, type NormalNode, normalForm, type StructureTable } from './normal_form.ts';

/**
 * The weights and running statistics of a network from a model's bytes, under our names. Those that the logits do not
 * depend on, and a model therefore need not have, are zeros.
 * @param label names the file in errors
 * Throws UserError, naming node or tensor, what it is and what was expected, where the model is not this network.
 */
export function importOnnx(network: GraphNetwork, bytes: Uint8Array<ArrayBuffer>, label: string): Tensors {
  const parts = [...network.weights.parameters, ...network.statistics.parameters].flatMap((p) => p.parts);
  const blank = Object.fromEntries(
    parts.map(({ name, shape }): [string, TensorData] => {
      return [name, { dtype: 'F32', shape, data: new Float32Array(numel(shape)) }];
    }),
  );
  const table: StructureTable = new Map();
  const theirs = normalForm(parseOnnx(bytes, label), table);
  const ours = normalForm(onnxGraph(network, blank), table);
  const found = new Comparison(ours, theirs, label).tensors();
  return Object.fromEntries(parts.map(({ name }) => [name, found.get(name) ?? blank[name]!]));
}

class Comparison {
  /** Of values of ours that were compared, the model's. */
  private readonly matched = new Map<string, string>();
  private readonly found = new Map<string, TensorData>();

  constructor(
    private readonly ours: NormalGraph,
    private readonly theirs: NormalGraph,
    private readonly label: string,
  ) {}

  /** The model's tensors in the places of our initializers, by our names. */
  tensors(): ReadonlyMap<string, TensorData> {
    this.compare(this.ours.output, this.theirs.output, 'the output');
    return this.found;
  }

  private fail(where: string, got: string, expected: string): never {
    throw new UserError(`${this.label}: ${where} is ${got}, expected ${expected}`);
  }

  private describe(value: string): string {
    const { theirs } = this;
    const node = theirs.producer(value);
    const tensor = theirs.initializer(value);
    if (node) return `made by node '${node.name}' (${node.type})`;
    if (tensor) return `tensor '${value}' ${tensor.dtype} ${showShape(tensor.shape)}`;
    return value === theirs.input
      ? `the input '${value}'`
      : value === ''
        ? 'left out'
        : `'${value}', which nothing makes`;
  }

  private compare(own: string, their: string, where: string): void {
    const before = this.matched.get(own);
    if (before === their) return;
    if (before !== undefined) this.fail(where, this.describe(their), `to be ${this.describe(before)}`);
    this.matched.set(own, their);
    const weight = this.ours.initializer(own);
    if (weight) return this.compareTensors(own, weight, their, where);
    const node = this.ours.producer(own);
    if (!node) {
      const expected = own === '' ? '' : this.theirs.input;
      if (their !== expected) this.fail(where, this.describe(their), own === '' ? 'nothing' : 'the images');
      return;
    }
    const other = this.theirs.producer(their);
    if (other?.type !== node.type) this.fail(where, this.describe(their), `the result of ${node.type}`);
    this.compareNodes(node, other);
  }

  private compareNodes(own: NormalNode, their: NormalNode): void {
    const name = `node '${their.name}' (${their.type})`;
    const attributes = new Set([...Object.keys(own.attributes), ...Object.keys(their.attributes)]);
    for (const key of attributes) {
      const [expected, got] = [own.attributes[key], their.attributes[key]];
      const agree = key === 'ends' ? reach(got, expected) : JSON.stringify(got) === JSON.stringify(expected);
      const [wanted, given] = [expected, got].map((value) => JSON.stringify(value) ?? 'nothing');
      if (!agree) this.fail(`${key} of ${name}`, given!, wanted!);
    }
    if (their.inputs.length !== own.inputs.length) {
      const folded = their.type === 'Conv' && their.inputs.length === 3;
      this.fail(
        name,
        `of ${their.inputs.length} inputs`,
        `${own.inputs.length}${folded ? '; it has a bias: export it without folding batch norms into convolutions' : ''}`,
      );
    }
    const order = own.type === 'Add' ? this.orderOf(own.inputs, their.inputs) : their.inputs;
    own.inputs.forEach((input, i) => {
      this.compare(input, order[i]!, `input ${their.inputs.indexOf(order[i]!)} of ${name}`);
    });
  }

  /** The terms of a sum in the order of ours, by their structure. */
  private orderOf(own: readonly string[], their: readonly string[]): readonly string[] {
    const agrees = (terms: readonly string[]): boolean =>
      own.every((value, i) => this.ours.signature(value) === this.theirs.signature(terms[i]!));
    const swapped = their.toReversed();
    return !agrees(their) && agrees(swapped) ? swapped : their;
  }

  private compareTensors(own: string, expected: TensorData, their: string, where: string): void {
    const got = this.theirs.initializer(their);
    const wanted = `${expected.dtype} ${showShape(expected.shape)} (${own})`;
    if (!got || got.dtype !== expected.dtype || showShape(got.shape) !== showShape(expected.shape)) {
      this.fail(where, this.describe(their), wanted);
    }
    if (
      (expected.dtype === 'I64' || expected.shape.length === 0) &&
      got.data.join() !== expected.data.join()
    ) {
      this.fail(where, `[${got.data.join(',')}]`, `[${expected.data.join(',')}]`);
    }
    this.found.set(own, got);
  }
}

/** Whether the ends of a slice are those of ours, or lie further: beyond the image is nothing. */
const reach = (got: unknown, expected: unknown): boolean =>
  Array.isArray(got) &&
  Array.isArray(expected) &&
  got.length === expected.length &&
  expected.every((end: number, i) => (got[i] as number) >= end);
