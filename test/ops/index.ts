// Test cases of every op; a missing one does not compile.
import type { OpName } from '../../src/ops/index.ts';
import type { CheckedOp } from '../support/op_harness.ts';
import { addTable } from './add.ts';
import { batchNormTable } from './batch_norm.ts';
import { conv2dTable } from './conv2d.ts';
import { factorizedReduceConvTable } from './factorized_reduce_conv.ts';
import { relu6Table, reluTable } from './unary.ts';

export const opTables: Readonly<Record<OpName, CheckedOp>> = {
  add: addTable,
  batchNorm: batchNormTable,
  conv2d: conv2dTable,
  factorizedReduceConv: factorizedReduceConvTable,
  relu: reluTable,
  relu6: relu6Table,
};
