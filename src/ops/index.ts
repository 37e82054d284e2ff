// The registry of ops. Every entry must have a table of test cases (test/ops/index.ts), or nothing compiles.
import { add } from './elementwise/add.ts';
import { avgPool2d } from './pool/avg_pool2d.ts';
import { batchMatmul } from './matmul/batch_matmul.ts';
import { batchNorm } from './norm/batch_norm.ts';
import { concat } from './elementwise/concat.ts';
import { conv2d } from './conv/conv2d.ts';
import { crossEntropy } from './loss/cross_entropy.ts';
import { dropPath } from './elementwise/drop_path.ts';
import { dropout } from './elementwise/dropout.ts';
import { embedding } from './policy/embedding.ts';
import { entropy } from './policy/entropy.ts';
import { factorizedReduceConv } from './conv/factorized_reduce_conv.ts';
import { globalAvgPool } from './pool/global_avg_pool.ts';
import { groupNorm } from './norm/group_norm.ts';
import { linear } from './matmul/linear.ts';
import { logProb } from './policy/log_prob.ts';
import { lstmHidden, lstmState } from './policy/lstm_cell.ts';
import { maxPool2d } from './pool/max_pool2d.ts';
import { normalizeRows } from './norm/normalize_rows.ts';
import { resizeBilinear } from './resize/resize_bilinear.ts';
import { shortcut } from './elementwise/shortcut.ts';
import { sliceRows } from './elementwise/slice_rows.ts';
import { softmax } from './policy/softmax.ts';
import { spmmCsr } from './matmul/spmm_csr.ts';
import { squaredError } from './loss/squared_error.ts';
import { unaryOps } from './elementwise/unary.ts';

/** All ops by name, as `tape.apply(ops.conv2d, { x, weight }, { padding: 1 })` takes them. */
export const ops = {
  add,
  avgPool2d,
  batchMatmul,
  batchNorm,
  concat,
  conv2d,
  crossEntropy,
  dropout,
  dropPath,
  embedding,
  entropy,
  factorizedReduceConv,
  globalAvgPool,
  groupNorm,
  linear,
  logProb,
  lstmHidden,
  lstmState,
  maxPool2d,
  normalizeRows,
  resizeBilinear,
  shortcut,
  sliceRows,
  softmax,
  spmmCsr,
  squaredError,
  ...unaryOps,
};

/** The name of an op in `ops`. */
export type OpName = keyof typeof ops;
