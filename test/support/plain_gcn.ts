// The GCN policy in float64, written down from the paper's equation (3): dense matrices, one cell at a time.
import type { Cell } from '../../src/arch/genotype.ts';
import type { Adjacency, AdjacencyKind } from '../../src/policy/adjacency.ts';
import type { Readout } from '../../src/policy/policy.ts';
import type { Primitive } from '../../src/arch/primitives.ts';

/** theta, by the names of its weight file. */
export type PlainWeights = Readonly<Record<string, Float64Array>>;

type Matrix = readonly (readonly number[])[];

const FLOOR = 1e-5;

const product = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));

const transposed = (a: Matrix): number[][] => a[0]!.map((_, j) => a.map((row) => row[j]!));

const plus = (x: Matrix, bias: ArrayLike<number>): number[][] =>
  x.map((row) => row.map((value, j) => value + bias[j]!));

/** A flat matrix as rows of this width. */
const rowsOf = (data: Float64Array, width: number): number[][] =>
  Array.from({ length: data.length / width }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);

/** The dense adjacency matrix of a cell; row and column v stand for its node v. */
export function plainAdjacency(kind: AdjacencyKind, normalizeRows: boolean, cell: Cell): number[][] {
  const size = cell.length / 2 + 2;
  const a = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
  for (const [, from, to] of cell) a[to]![from]! += 1;
  const m = a.map((row, i) =>
    row.map((value, j) => {
      const loop = kind !== 'paper' && i === j ? 1 : 0;
      return value + loop + (kind === 'symmetric' ? a[j]![i]! : 0);
    }),
  );
  const sums = m.map((row) => row.reduce((sum, value) => sum + value, 0));
  return m.map((row, i) =>
    row.map((value, j) => {
      if (value === 0) return 0;
      if (kind === 'symmetric') return value / Math.sqrt(sums[i]! * sums[j]!);
      return normalizeRows ? value / sums[i]! : value;
    }),
  );
}

/** What the directed convolution gathers: the vertex, the mean of what enters it, the mean of where it leads. */
export function plainDirected(cell: Cell): { enters: Matrix; leads: Matrix } {
  const counts = plainAdjacency('paper', false, cell);
  const means = (a: Matrix): number[][] =>
    a.map((row) => {
      const sum = row.reduce((total, value) => total + value, 0);
      return row.map((value) => (sum === 0 ? 0 : value / sum));
    });
  return { enters: means(counts), leads: means(transposed(counts)) };
}

/** Probabilities (edges, actions) of a cell. */
export function plainProbabilities(
  weights: PlainWeights,
  { kind, normalizeRows }: Adjacency,
  cell: Cell,
  primitives: readonly Primitive[],
  readout: Readout = 'node',
): number[][] {
  const embedding = weights['op_hidden.weight']!.length / primitives.length;
  const of = (name: string, width: number) => rowsOf(weights[name]!, width);
  const operations = of('op_hidden.weight', embedding);
  const inputs = of('node_hidden.weight', 2 * embedding);
  const operation = (edge: number) => operations[primitives.indexOf(cell[edge]![0])]!;
  const nodes = Array.from({ length: cell.length / 2 }, (_, i) => [
    ...operation(2 * i),
    ...operation(2 * i + 1),
  ]);
  const x = plus(
    product([...inputs, ...nodes], transposed(of('emb_attn.weight', 2 * embedding))),
    weights['emb_attn.bias']!,
  );
  /** What is multiplied by the weights of a layer, row by row. */
  const gathered = (h: Matrix): number[][] => {
    if (kind !== 'directed') return product(plainAdjacency(kind, normalizeRows, cell), h);
    const { enters, leads } = plainDirected(cell);
    const [before, after] = [product(enters, h), product(leads, h)];
    return h.map((row, v) => [...row, ...before[v]!, ...after[v]!]);
  };
  const convolve = (h: Matrix, layer: string): number[][] => {
    const bias = weights[`${layer}.bias`]!;
    return plus(product(gathered(h), of(`${layer}.weight`, bias.length)), bias);
  };
  const positive = (h: Matrix): number[][] => h.map((row) => row.map((value) => Math.max(0, value)));
  const second = convolve(positive(convolve(x, 'gc1')), 'gc2').slice(2);
  const read = readout === 'cell' ? [positive(second).flat()] : second;
  const logits = plus(product(read, transposed(of('fc.weight', read[0]!.length))), weights['fc.bias']!);
  return rowsOf(Float64Array.from(logits.flat()), logits.flat().length / cell.length).map((row) => {
    const powers = row.map((value) => Math.exp(value - Math.max(...row)));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  });
}

/** log pi of actions, one an edge. */
export const plainLogProb = (probabilities: Matrix, actions: ArrayLike<number>): number =>
  probabilities.reduce((sum, row, edge) => sum + Math.log(row[actions[edge]!]! + FLOOR), 0);

export const plainEntropy = (probabilities: Matrix): number =>
  probabilities.flat().reduce((sum, p) => sum - (p + FLOOR) * Math.log(p + FLOOR), 0);
