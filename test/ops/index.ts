// Test cases of every op; a missing one does not compile.
import type { OpName } from '../../src/ops/index.ts';
import type { CheckedOp } from '../support/op_harness.ts';
import { addTable } from './add.ts';
import { relu6Table, reluTable } from './unary.ts';

export const opTables: Readonly<Record<OpName, CheckedOp>> = {
  add: addTable,
  relu: reluTable,
  relu6: relu6Table,
};
