// All methods of the benchmark, in the order of its table.
import { LEARNED_METHODS } from './learned_methods.ts';
import type { BenchmarkMethod } from './method.ts';
import { naoMethods } from './nao_method.ts';
import { UNTRAINED_METHODS } from './untrained_methods.ts';

export const METHODS: readonly BenchmarkMethod[] = [
  ...UNTRAINED_METHODS,
  ...LEARNED_METHODS,
  ...naoMethods(),
];
