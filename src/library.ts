// The library's public names, the same on every host. index.ts and browser.ts add the host's own.

// Errors, each with one clear line.
export { RunError, UserError } from '../runtime/errors.ts';

// The engine: buffers, kernels by name, recorded commands.
export type { AdapterInfo, AdapterKind } from '../runtime/engine/adapter_info.ts';
export type {
  Adapter,
  Buffer,
  Command,
  Counters,
  Device,
  Engine,
  KernelCall,
  Region,
} from '../runtime/engine/engine.ts';
export type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
export type { GpuProvider, OpenOptions } from '../runtime/engine/gpu_provider.ts';
export type { Files } from '../runtime/host/platform.ts';
export { memoryFiles, type MemoryFiles } from '../runtime/host/memory_files.ts';

// Tensors, the tape, the operations.
export { type Allocator, createTensor, directAllocator, SlotAllocator } from './core/allocator.ts';
export { defineOp, type Inputs, type Op } from './core/op.ts';
export { ops, type OpName } from './ops/index.ts';
export { recordRandom } from './ops/random.ts';
export { ANY_ADAPTER, type Plan, planRecording } from './core/plan.ts';
export type { PlannedEngine } from './core/planned_engine.ts';
export { createRng, type Rng, STREAM } from './core/rng.ts';
export { commandsOnly, inOrder, runSteps, type Step, type Write, writesOnly } from './core/step.ts';
export { Tape, type TapeOptions } from './core/tape.ts';
export { type DType, type Shape, type Tensor, tensorAt } from './core/tensor.ts';
export { download, type HostArray, upload } from './core/transfer.ts';

// Layers, weights, optimizers.
export { recordInitialisation } from './nn/initialise.ts';
export {
  type Builder,
  conv,
  dense,
  factorizedReduce,
  type Layer,
  norm,
  reluConvNorm,
  whole,
  sequence,
} from './nn/layers.ts';
export { fanInUniform, type Init, ones, type Parameter, ParameterStore, zeros } from './nn/parameters.ts';
export { exportParameters, importParameters } from './nn/weight_files.ts';
export { type Adam, type AdamOptions, recordAdam } from './optim/adam.ts';
export { cosineLearningRate } from './optim/schedule.ts';
export { recordSgd, type Sgd, type SgdOptions } from './optim/sgd.ts';

// Files of tensors, images.
export { parseSafetensors, serializeSafetensors, type TensorData, type Tensors } from './io/safetensors.ts';
export { type Cifar10, CLASS_NAMES, type ImageSet, loadCifar10 } from './data/cifar10.ts';
export { type Feed, recordFeed } from './data/feed.ts';
export { loadImages } from './data/load.ts';

// Architectures: genotypes and their files, the zoo, networks, costs, transformations.
export type { Architecture, Cell, Edge, Genotype } from './arch/genotype.ts';
export { formatGenotype, genotypeFromJson, genotypeToJson, parseGenotype } from './arch/genotype_file.ts';
export {
  FULLY_CONCAT_PRIMITIVES,
  LOOSE_END_PRIMITIVES,
  PRIMITIVE_NAMES,
  type Primitive,
  SUPERNET_LISTS,
} from './arch/primitives.ts';
export { formatCells, formatComparison } from './arch/print_cell.ts';
export { sampleArchitecture, sampleCell, type SearchSpace } from './arch/search_space.ts';
export { type ActionSpace, actionSpace } from './arch/action_space.ts';
export {
  type Action,
  ACTIONS,
  applyActions,
  NAT_PLUS_PLUS_TRANSITIONS,
  NAT_TRANSITIONS,
  type TransitionTable,
} from './arch/transitions.ts';
export { buildCellNetwork, type CellNetwork, type CellNetworkConfig } from './networks/cell_network.ts';
export {
  CIFAR10_NETWORK,
  type Cost,
  cellNetworkCost,
  type NetworkCost,
  networkCost,
} from './networks/cost.ts';
export { MACRO_SETTINGS, type MacroSetting, type SettingName } from './networks/macro_setting.ts';
export type { Network, NetworkOutput, TrainingContext } from './nn/network.ts';
export { planSupernet, type SupernetProgram } from './supernet/setup.ts';
export type { SupernetConfig } from './supernet/model.ts';
export { buildNetwork, type NetworkOptions, requireNetwork } from './networks/build_network.ts';
export { type Blueprint, loadBlueprint, networkNames, requireBlueprint } from './networks/registry.ts';
export { CELLS } from './arch/zoo/cells.ts';
export { CELL_NAMES, findCell, loadGenotype, requireCell } from './arch/zoo/find_cell.ts';

// Policies, and their training on rewards of one's own.
export { type Adjacency, type AdjacencyKind } from './policy/adjacency.ts';
export type { Baseline, BaselineSetting } from './policy/baseline.ts';
export { createPolicy, type PolicyKind } from './policy/policies.ts';
export type { Policy, PolicyOptions, Readout } from './policy/policy.ts';
export {
  type PolicyTask,
  PolicyTrainer,
  type PolicyTrainingConfig,
  type PolicyTrainingMetrics,
  trainPolicy,
} from './policy/trainer.ts';

// Ground truth: what every cell of NAS-Bench-201 reaches.
export { LEARNED_METHODS } from './benchmark/learned_methods.ts';
export { loadBenchmarkTable } from './benchmark/load_table.ts';
export type { BenchmarkMethod, BenchmarkTask, CellTransformer, Lookups } from './benchmark/method.ts';
export { type BenchmarkResult, type MethodResult, runBenchmark } from './benchmark/run.ts';
export { CELL_COUNT, formatCell, fromNatCell, parseCell, toNatCell } from './benchmark/space.ts';
export { SUPERNET_PRESETS, type SupernetRunConfig } from './benchmark/supernet_config.ts';
export { judgeSupernet, type SupernetBenchmarkResult } from './benchmark/supernet_judge.ts';
export { supernetIntoFolder, type SupernetRunRequest } from './benchmark/supernet_run.ts';
export { architectureOf, benchmarkSupernet } from './benchmark/supernet_space.ts';
export type { BenchmarkTable } from './benchmark/table.ts';
export { UNTRAINED_METHODS } from './benchmark/untrained_methods.ts';

// The search and what it is for.
export { PAPER, QUICK, type SearchConfig } from './search/config.ts';
export { environmentOf } from './run/environment.ts';
export { searchIntoFolder, type SearchRequest, type SearchResult } from './search/run.ts';
export type { MetricsRow, RunNeeds, RunObserver, RunProgress } from './run/observer.ts';
export { planSearch, type SearchPlan } from './search/session.ts';
export { type FinishedRun, readFinishedRun } from './run/run_folder.ts';
export { type Derivation, type DeriveOptions, derive } from './derive/derive.ts';
export { type Evaluator, type Judge, withoutPolicy } from './derive/evaluator.ts';
export { openFinishedRun } from './derive/finished_run.ts';
export { derivationToJson, describeDerivation } from './derive/report.ts';
