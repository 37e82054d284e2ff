/**
 * `nat-webgpu/zoo`: architectures and networks. Nothing here needs an adapter until a network is built.
 *
 * @module nat-webgpu/zoo
 */

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
  natTransitions,
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
export { buildNetwork, type NetworkOptions, requireNetwork } from './networks/build_network.ts';
export { type Blueprint, loadBlueprint, networkNames, requireBlueprint } from './networks/registry.ts';
export { type CellGeometry, cellGeometries } from './networks/geometry.ts';
export { type ConvolutionEnds } from './networks/operations.ts';
export { defineOperation, type OperationLayers, type OwnLayer } from './networks/own_operations.ts';
export { tableToRows, type TableRows } from './arch/transition_file.ts';
export { CELLS } from './arch/zoo/cells.ts';
export { CELL_NAMES, findCell, loadGenotype, requireCell } from './arch/zoo/find_cell.ts';

// Genotypes in the forms of DARTS, NNI, NAS-Bench-201 and Graphviz.
export { GENOTYPE_FORMS, type GenotypeForm, readGenotype, writeGenotype } from './exchange/genotype/forms.ts';

// Networks of cells as Python files, and weights under the names of PyTorch's users.
export { torchModule, type TorchModuleOptions } from './exchange/torch/module.ts';
export { fromTorch, toTorch } from './exchange/torch/weights.ts';
