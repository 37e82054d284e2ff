// The registry of ops. Every entry must have a table of test cases (test/ops/index.ts), or nothing compiles.
import { add } from './add.ts';
import { avgPool2d } from './avg_pool2d.ts';
import { batchNorm } from './batch_norm.ts';
import { concat } from './concat.ts';
import { conv2d } from './conv2d.ts';
import { crossEntropy } from './cross_entropy.ts';
import { dropPath } from './drop_path.ts';
import { embedding } from './embedding.ts';
import { entropy } from './entropy.ts';
import { factorizedReduceConv } from './factorized_reduce_conv.ts';
import { globalAvgPool } from './global_avg_pool.ts';
import { linear } from './linear.ts';
import { logProb } from './log_prob.ts';
import { lstmHidden, lstmState } from './lstm_cell.ts';
import { maskedSoftmax } from './masked_softmax.ts';
import { maxPool2d } from './max_pool2d.ts';
import { shortcut } from './shortcut.ts';
import { sliceRows } from './slice_rows.ts';
import { softmax } from './softmax.ts';
import { spmmCsr } from './spmm_csr.ts';
import { relu, relu6 } from './unary.ts';

export const ops = {
  add,
  avgPool2d,
  batchNorm,
  concat,
  conv2d,
  crossEntropy,
  dropPath,
  embedding,
  entropy,
  factorizedReduceConv,
  globalAvgPool,
  linear,
  logProb,
  lstmHidden,
  lstmState,
  maskedSoftmax,
  maxPool2d,
  relu,
  relu6,
  shortcut,
  sliceRows,
  softmax,
  spmmCsr,
};

export type OpName = keyof typeof ops;
