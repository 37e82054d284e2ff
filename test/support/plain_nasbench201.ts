// The networks of NAS-Bench-201's cells in plain float64, written from the paper's description (section 2.1 and
// Figure 1) and not from src/: batch norms by the batch's own statistics, without scale and shift but for the stem's and
// the last one.
import { conv, type imageOf, type Named } from './plain_network.ts';

/** A batch, one image (C,H,W) after the other. */
type Batch = ReturnType<typeof imageOf>[];

const map = (batch: Batch, f: (value: number, channel: number) => number): Batch =>
  batch.map((x) => ({ ...x, data: x.data.map((v, i) => f(v, Math.floor(i / (x.h * x.w)))) }));

const plus = (a: Batch, b: Batch): Batch =>
  a.map((x, n) => ({ ...x, data: x.data.map((v, i) => v + b[n]!.data[i]!) }));

function normalised(batch: Batch): Batch {
  const { c, h, w } = batch[0]!;
  const moments = Array.from({ length: c }, (_, channel) => {
    const values = batch.flatMap(({ data }) =>
      Array.from(data.subarray(channel * h * w, (channel + 1) * h * w)),
    );
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    return { mean, scale: 1 / Math.sqrt(variance + 1e-5) };
  });
  return map(batch, (v, channel) => (v - moments[channel]!.mean) * moments[channel]!.scale);
}

/** Means over the pixels of a KxK window that are there. */
function averaged(batch: Batch, kernel: number, stride: number, padding: number): Batch {
  return batch.map((x) => {
    const [h, w] = [x.h / stride, x.w / stride];
    const data = new Float64Array(x.c * h * w);
    for (let at = 0; at < data.length; at++) {
      const [channel, i, j] = [Math.floor(at / (h * w)), Math.floor(at / w) % h, at % w];
      let [sum, count] = [0, 0];
      for (let row = i * stride - padding; row < i * stride - padding + kernel; row++) {
        for (let column = j * stride - padding; column < j * stride - padding + kernel; column++) {
          if (row < 0 || row >= x.h || column < 0 || column >= x.w) continue;
          sum += x.data[(channel * x.h + row) * x.w + column]!;
          count++;
        }
      }
      data[at] = sum / count;
    }
    return { c: x.c, h, w, data };
  });
}

/** The weight of the operation of that index on the edge from node `from` to node `to` of a cell, as it is named. */
export type OperationName = (cell: number, from: number, to: number, operation: number) => string;

/**
 * Logits, an image a row.
 * @param operations of the cell: names of the benchmark, on the edges 0->1, 0->2, 1->2, 0->3, 1->3, 2->3
 * @param perStage cells of a stage
 */
export function plainLogits(
  named: Named,
  x: Batch,
  operations: readonly string[],
  perStage: number,
  nameOf: OperationName,
): number[][] {
  const weight = (name: string) => named[`${name}.weight`]!;
  const reluConvNorm = (name: string, batch: Batch, stride = 1): Batch => {
    const active = map(batch, (v) => Math.max(v, 0));
    return normalised(active.map((each) => conv(each, weight(name), stride)));
  };
  const affine = (name: string, batch: Batch): Batch =>
    map(normalised(batch), (v, c) => v * weight(name).data[c]! + named[`${name}.bias`]!.data[c]!);

  let state = affine(
    'stem.1',
    x.map((each) => conv(each, weight('stem.0'), 1)),
  );
  for (let cell = 0; cell < 3 * perStage; cell++) {
    if (cell > 0 && cell % perStage === 0) {
      const block = `cells.${cell}.block`;
      const inner = reluConvNorm(`${block}.conv_b.op.1`, reluConvNorm(`${block}.conv_a.op.1`, state, 2));
      const halved = averaged(state, 2, 2, 0).map((each) => conv(each, weight(`${block}.downsample.1`), 1));
      state = plus(inner, halved);
    }
    const nodes = [state];
    let edge = 0;
    for (let to = 1; to <= 3; to++) {
      let sum = map(state, () => 0);
      for (let from = 0; from < to; from++) {
        const operation = operations[edge++]!;
        const input = nodes[from]!;
        if (operation === 'skip_connect') sum = plus(sum, input);
        if (operation === 'avg_pool_3x3') sum = plus(sum, averaged(input, 3, 1, 1));
        const kind = ['nor_conv_1x1', 'nor_conv_3x3'].indexOf(operation);
        if (kind >= 0) sum = plus(sum, reluConvNorm(`${nameOf(cell, from, to, kind)}.op.1`, input));
      }
      nodes.push(sum);
    }
    state = nodes[3]!;
  }
  const features = map(affine('lastact', state), (v) => Math.max(v, 0));
  const [rows, bias] = [weight('classifier'), named['classifier.bias']!.data];
  return features.map(({ c, h, w, data }) => {
    const means = Array.from(
      { length: c },
      (_, channel) =>
        data.subarray(channel * h * w, (channel + 1) * h * w).reduce((a, b) => a + b, 0) / (h * w),
    );
    return Array.from(bias, (shift, k) =>
      means.reduce((sum, v, i) => sum + v * rows.data[k * c + i]!, shift),
    );
  });
}

/** Mean cross-entropy. */
export const plainLoss = (logits: readonly number[][], targets: readonly number[]): number =>
  logits.reduce((sum, row, n) => {
    const total = row.reduce((all, v) => all + Math.exp(v), 0);
    return sum + Math.log(total) - row[targets[n]!]!;
  }, 0) / logits.length;
