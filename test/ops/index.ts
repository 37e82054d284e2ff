// Test cases of every op; a missing one does not compile.
import { addTable } from './add.ts';
import { batchMatmulTable } from './batch_matmul.ts';
import { batchNormTable } from './batch_norm.ts';
import { concatTable } from './concat.ts';
import { conv2dTable } from './conv2d.ts';
import { crossEntropyTable } from './cross_entropy.ts';
import { dropPathTable } from './drop_path.ts';
import { dropoutTable } from './dropout.ts';
import { embeddingTable } from './embedding.ts';
import { factorizedReduceConvTable } from './factorized_reduce_conv.ts';
import { globalAvgPoolTable } from './global_avg_pool.ts';
import { groupNormTable } from './group_norm.ts';
import { linearTable } from './linear.ts';
import { lstmHiddenTable, lstmStateTable } from './lstm_cell.ts';
import { normalizeRowsTable } from './normalize_rows.ts';
import { entropyTable, logProbTable, sliceRowsTable, softmaxTable } from './policy.ts';
import { avgPool2dTable, maxPool2dTable } from './pool2d.ts';
import { resizeBilinearTable } from './resize_bilinear.ts';
import { shortcutTable } from './shortcut.ts';
import { spmmCsrTable } from './spmm_csr.ts';
import { squaredErrorTable } from './squared_error.ts';
import { unaryTables } from './unary.ts';
import type { OpName } from '../../src/ops/index.ts';
import type { CheckedOp } from '../support/op_harness.ts';

export const opTables: Readonly<Record<OpName, CheckedOp>> = {
  add: addTable,
  avgPool2d: avgPool2dTable,
  batchMatmul: batchMatmulTable,
  batchNorm: batchNormTable,
  concat: concatTable,
  conv2d: conv2dTable,
  crossEntropy: crossEntropyTable,
  dropout: dropoutTable,
  dropPath: dropPathTable,
  embedding: embeddingTable,
  entropy: entropyTable,
  factorizedReduceConv: factorizedReduceConvTable,
  globalAvgPool: globalAvgPoolTable,
  groupNorm: groupNormTable,
  linear: linearTable,
  logProb: logProbTable,
  lstmHidden: lstmHiddenTable,
  lstmState: lstmStateTable,
  maxPool2d: maxPool2dTable,
  normalizeRows: normalizeRowsTable,
  ...unaryTables,
  resizeBilinear: resizeBilinearTable,
  shortcut: shortcutTable,
  sliceRows: sliceRowsTable,
  softmax: softmaxTable,
  spmmCsr: spmmCsrTable,
  squaredError: squaredErrorTable,
};
