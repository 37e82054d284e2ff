// What every op may rely on: the tape looks at all inputs before an op records anything.
import { ShapeError } from '../../runtime/errors.ts';
import { type Inputs, type Op, specOf } from './op.ts';
import { numel, showShape } from './tensor.ts';

/**
 * Throws ShapeError where an input is missing, unknown, empty, of another element type than the op declares, or has a batch
 * norm pending that the op does not apply.
 */
export function checkInputs<I extends Inputs, D extends string, A, S>(op: Op<I, D, A, S>, inputs: I): void {
  const declared = Object.keys(op.inputs);
  const any = declared.includes('*');
  const missing = any ? undefined : declared.find((name) => inputs[name] === undefined);
  if (missing !== undefined) {
    throw new ShapeError(`${op.name}: got no ${missing}, expected a tensor, or null where it is optional`);
  }
  for (const [name, x] of Object.entries(inputs)) {
    if (!any && !declared.includes(name)) {
      throw new ShapeError(`${op.name}: got an input '${name}', expected ${declared.join(', ')}`);
    }
    if (!x) continue;
    const { dtype = 'f32', pending, uncombined } = specOf(op.inputs, name);
    if (x.affine && !pending) {
      throw new ShapeError(
        `${op.name}: got ${name} with a pending batch norm, expected it applied (op 'add')`,
      );
    }
    if (x.uncombined && !uncombined) {
      throw new Error(`internal: ${op.name} does not combine the batch norm that is pending on ${name}`);
    }
    if (numel(x.shape) === 0) {
      throw new ShapeError(`${op.name}: got ${name} of shape ${showShape(x.shape)}, which has no elements`);
    }
    if (dtype !== 'any' && x.dtype !== dtype) {
      throw new ShapeError(`${op.name}: got ${name} of type ${x.dtype}, expected ${dtype}`);
    }
  }
}
