// Kernels of one's own: WGSL text under a name, called as the kernels of shaders/ are.
import { kernelReflection } from '../../runtime/engine/engine.ts';
import { addOwnShader } from '../../runtime/engine/shader_source.ts';
import { type KernelReflection, reflectKernel } from '../../runtime/engine/wgsl_reflect.ts';
import { UserError } from '../../runtime/errors.ts';

/** Storage bindings that every adapter allows. */
const MOST_STORAGE = 8;

/**
 * Makes WGSL text a kernel; what it returns is the name for `tape.dispatch`. The text has one entry point `main` with its
 * @workgroup_size; its bindings are in group 0 and count up from 0: storage buffers, which a call names as the text does,
 * and at most one uniform, of `struct Params` with fields of u32, i32 and f32. Where a call wants more invocations than
 * 65,535 workgroups in one dimension have, `main` has to use num_workgroups. Throws UserError where the text is of another
 * form, or where another text has the name; what the compiler says of it is thrown when it is compiled.
 */
export function defineKernel(name: string, wgsl: string): string {
  const kernel = reflect(name, wgsl);
  checkBindings(kernel, wgsl);
  addOwnShader(name, wgsl);
  return name;
}

/** What is known of a kernel by its name. */
export const reflectionOf = kernelReflection;

function reflect(name: string, wgsl: string): KernelReflection {
  if (!/^\w+$/.test(name)) throw new UserError(`kernel '${name}': expected a name of letters, digits and _`);
  if (!/@compute\b[^{]*\bfn\s+main\s*\(/.test(wgsl)) {
    throw new UserError(
      `kernel ${name}: there is no entry point, expected @compute @workgroup_size(64) fn main(...)`,
    );
  }
  try {
    return reflectKernel(name, wgsl);
  } catch (error) {
    throw new UserError((error as Error).message.replace(/^internal: shader/, 'kernel'));
  }
}

function checkBindings({ name, bindings, params }: KernelReflection, wgsl: string): void {
  const text = wgsl.replace(/\/\/[^\n]*/g, '');
  const written = [...text.matchAll(/@binding\(/g)].length;
  if (written !== bindings.length) {
    throw new UserError(
      `kernel ${name}: got ${written} bindings, of which ${bindings.length} are written as expected: ` +
        '@group(0) @binding(0) var<uniform>, var<storage, read> or var<storage, read_write> NAME: TYPE',
    );
  }
  const order = bindings.map(({ index }) => index);
  if (order.toSorted((a, b) => a - b).some((index, i) => index !== i)) {
    throw new UserError(
      `kernel ${name}: got bindings ${order.join(', ')}, expected each number from 0 on once`,
    );
  }
  const uniforms = bindings.filter(({ kind }) => kind === 'uniform');
  if (uniforms.length > 1 || (uniforms.length === 1) !== params.length > 0) {
    throw new UserError(
      `kernel ${name}: expected one uniform binding of 'struct Params { NAME: u32, ... }', or neither of them`,
    );
  }
  const storage = bindings.length - uniforms.length;
  if (storage > MOST_STORAGE) {
    throw new UserError(`kernel ${name}: got ${storage} storage bindings, expected at most ${MOST_STORAGE}`);
  }
}
