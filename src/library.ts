// The library's public names, the same on every host. index.ts and browser.ts add the host's own.

export * from './engine.ts';
export * from './zoo.ts';

// The supernet, alone.
export { planSupernet, type SupernetProgram } from './supernet/setup.ts';
// What cells and the networks around them are declared with.
export * as cellLayers from './nn/layers.ts';
export { type CellEntry, type Macro, MACROS } from './supernet/macro.ts';
export type { SupernetConfig } from './supernet/model.ts';

// Policies, and their training on rewards of one's own.
export { type Adjacency, type AdjacencyKind } from './policy/adjacency.ts';
export type { Baseline, BaselineSetting } from './policy/baseline.ts';
export { edgeProbabilities, type Feature } from './policy/policy.ts';
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
export type { SearchParts, Transformation } from './search/parts.ts';
export { environmentOf } from './run/environment.ts';
export { searchIntoFolder, type SearchRequest, type SearchResult } from './search/run.ts';
export type { MetricsRow, RunNeeds, RunObserver, RunProgress } from './run/observer.ts';
export { type ImportedFile, importSearch, type SearchImport } from './search/import_run.ts';
export { planSearch, type SearchPlan } from './search/session.ts';
export { type FinishedRun, readFinishedRun } from './run/run_folder.ts';
export { type Derivation, type DeriveOptions, derive } from './derive/derive.ts';
export { type Evaluator, type Judge, withoutPolicy } from './derive/evaluator.ts';
export { type MainJobRequest, runMainJob } from './derive/main_job.ts';
export { openFinishedRun } from './derive/finished_run.ts';
export { derivationToJson, describeDerivation } from './derive/report.ts';

// Pictures, as SVG text.
export { type CellOptions, drawCell, drawGenotype } from './draw/cell.ts';
export { drawFlow, type FlowOptions } from './draw/flow.ts';
export { edgeName, type EdgeRef, operationLabel } from './draw/cell_graph.ts';
export { cellChanges, CHANGE_NAMES, type ChangedEdge, type EdgeChange } from './draw/change.ts';
export {
  type Curve,
  type CurveMark,
  type CurvePoint,
  type CurvesOptions,
  drawCurves,
} from './draw/curves.ts';
export { drawNetwork, type NetworkPictureOptions } from './draw/network.ts';
export type { NetworkSizes } from './draw/network_parts.ts';
export type { PictureOptions } from './draw/picture.ts';
export { sparkline } from './draw/sparkline.ts';
export { drawingStyles, type Theme } from './draw/theme.ts';
export { drawTransformation, type TransformationOptions } from './draw/transformation.ts';
