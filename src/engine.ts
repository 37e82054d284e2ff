// What `nat-webgpu/engine` exports, the same on every host: tensors, ops, autograd, layers, optimizers, images, and the
// devices beneath them.

// Errors, each with one clear line.
export {
  DeviceLostError,
  LimitError,
  OutOfMemoryError,
  RunError,
  ShapeError,
  UserError,
} from '../runtime/errors.ts';

// The engine: buffers, kernels by name, recorded commands.
export type { AdapterInfo, AdapterKind, OpenOptions } from '../runtime/engine/adapter_info.ts';
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
export { memoryScope } from '../runtime/engine/memory_scope.ts';
export type { Files, LibraryPlatform } from '../runtime/host/platform.ts';
export { memoryFiles, type MemoryFiles } from '../runtime/host/memory_files.ts';

// Tensors, the tape, the operations.
export { type Allocator, createTensor, directAllocator, SlotAllocator } from './core/allocator.ts';
export { defineOp, type Inputs, type Op, perInput } from './core/op.ts';
export {
  checkGradients,
  type CheckedInput,
  type GradientCheckOptions,
  type GradientReport,
} from './core/check_gradients.ts';
export { defineKernelOp, type KernelOpDefinition } from './core/kernel_op.ts';
export { defineKernel } from './core/own_kernel.ts';
export { ops, type OpName } from './ops/index.ts';
export { recordRandom } from './ops/random.ts';
export { ANY_ADAPTER, type Plan, planRecording } from './core/plan.ts';
export type { PlannedEngine } from './core/planned_engine.ts';
export { createRng, type Rng, STREAM } from './core/rng.ts';
export { commandsOnly, inOrder, runSteps, type Step, type Write, writesOnly } from './core/step.ts';
export { Tape, type TapeOptions } from './core/tape.ts';
export { type DType, type Shape, type Tensor, tensorAt } from './core/tensor.ts';
export { download, type HostArray, upload } from './core/transfer.ts';

// Weights and optimizers, for steps that are put together by hand.
export { recordInitialisation } from './nn/initialise.ts';
export { fanInUniform, type Init, ones, type Parameter, ParameterStore, zeros } from './nn/parameters.ts';
export type { Network, NetworkOutput, TrainingContext } from './nn/network.ts';
export { exportParameters, importParameters } from './nn/weight_files.ts';
export { type Adam, type AdamOptions, recordAdam } from './optim/adam.ts';
export { cosineLearningRate } from './optim/schedule.ts';
export { recordSgd, type Sgd, type SgdOptions } from './optim/sgd.ts';

// Files of tensors, images.
export { parseSafetensors, serializeSafetensors, type TensorData, type Tensors } from './io/safetensors.ts';
export { CLASS_NAMES, loadCifar10 } from './data/cifar10.ts';
export {
  type Dataset,
  type DatasetParts,
  defineDataset,
  type ImageFormat,
  type ImageSet,
} from './data/dataset.ts';
export { type Feed, recordFeed } from './data/feed.ts';
export { loadImages } from './data/load.ts';
export type { DataSources, LoadOptions } from './data/sources.ts';

// Networks of one's own: layers, training, evaluation, weights.
export { type Features, type Layer, layer, named, type ParameterOf, sequence } from './fit/layer.ts';
export {
  add,
  avgPool,
  concat,
  conv,
  type ConvOptions,
  dense,
  dropout,
  flatten,
  gelu,
  globalPool,
  groupNorm,
  maxPool,
  norm,
  type PoolOptions,
  relu,
  relu6,
  resize,
} from './fit/layers.ts';
export { type ImageShape, network, type NetworkBuilder } from './fit/network.ts';
export {
  adam,
  type AdamSettings,
  constant,
  cosine,
  type Optimizer,
  type Schedule,
  sgd,
  type SgdSettings,
} from './fit/optimizers.ts';
export type { ImageArrays, ImageBatches, Images, Pixels } from './fit/images.ts';
export { fit, type FitOptions, type FitResult } from './fit/fit.ts';
export type { FitCheckpoint } from './fit/checkpoint.ts';
export type { TrainingReport } from './fit/reports.ts';
export { evaluate, type InferenceOptions, predict, type Prediction } from './fit/inference.ts';
export { type Model, type ModelOptions, openModel, saveModel } from './fit/model.ts';

// ONNX models of networks, your own included.
export { exportOnnx, type OnnxOptions } from './exchange/onnx/export_onnx.ts';
export { GraphBuilder, onnxRule, type OnnxRule } from './exchange/onnx/graph_builder.ts';
export type { GraphNetwork } from './exchange/onnx/graph_tape.ts';
export { importOnnx } from './exchange/onnx/import_onnx.ts';
