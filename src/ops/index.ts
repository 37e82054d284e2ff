// The registry of ops. Every entry must have a table of test cases (test/ops/index.ts), or nothing compiles.
import { add } from './add.ts';
import { batchNorm } from './batch_norm.ts';
import { conv2d } from './conv2d.ts';
import { factorizedReduceConv } from './factorized_reduce_conv.ts';
import { relu, relu6 } from './unary.ts';

export const ops = {
  add,
  batchNorm,
  conv2d,
  factorizedReduceConv,
  relu,
  relu6,
};

export type OpName = keyof typeof ops;
