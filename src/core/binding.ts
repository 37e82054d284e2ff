// What one binding can show of a region.
import type { EngineLimits } from '../../runtime/engine/engine.ts';

/** Offsets of bindings are multiples of this. */
export const ALIGNMENT = 256;

/** Bytes that a binding can show, so that the next one can begin behind them. */
export const mostBindingBytes = ({ maxBindingBytes }: EngineLimits): number =>
  Math.floor(maxBindingBytes / ALIGNMENT) * ALIGNMENT;
