// The parts of a search, by which its memory and its dispatches are told: the rows of `nat plan`.
import type { Primitive } from '../arch/primitives.ts';
import { edgePart, PARTS } from '../supernet/parts.ts';

/** The policy, its memory and its optimizer. */
export const POLICY_PART = 'policy';

/** Memory that the engine makes for itself. */
export const ENGINE_PART = 'parameters and readback';

/** All parts, in the order of their rows. */
export const partsOfSearch = (primitives: readonly Primitive[]): string[] => [
  PARTS.data,
  PARTS.stem,
  PARTS.preprocess,
  PARTS.head,
  ...primitives.filter((op) => op !== 'null').map(edgePart),
  PARTS.sum,
  PARTS.concat,
  PARTS.weightGradients,
  PARTS.optimizer,
  POLICY_PART,
  PARTS.nodes,
  PARTS.edges,
  PARTS.ends,
  ENGINE_PART,
  PARTS.scratch,
];
