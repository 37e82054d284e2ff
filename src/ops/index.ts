// The registry of ops. Every entry must have a table of test cases (test/ops/index.ts), or nothing compiles.
import { add } from './add.ts';
import { relu, relu6 } from './unary.ts';

export const ops = {
  add,
  relu,
  relu6,
};

export type OpName = keyof typeof ops;
