// The registry of ops. Every entry must have a table of test cases (test/ops/index.ts), or nothing compiles.
import { add } from './add.ts';
import { avgPool2d } from './avg_pool2d.ts';
import { batchNorm } from './batch_norm.ts';
import { concat } from './concat.ts';
import { conv2d } from './conv2d.ts';
import { crossEntropy } from './cross_entropy.ts';
import { factorizedReduceConv } from './factorized_reduce_conv.ts';
import { globalAvgPool } from './global_avg_pool.ts';
import { linear } from './linear.ts';
import { maxPool2d } from './max_pool2d.ts';
import { relu, relu6 } from './unary.ts';

export const ops = {
  add,
  avgPool2d,
  batchNorm,
  concat,
  conv2d,
  crossEntropy,
  factorizedReduceConv,
  globalAvgPool,
  linear,
  maxPool2d,
  relu,
  relu6,
};

export type OpName = keyof typeof ops;
