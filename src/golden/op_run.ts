// Runs one op of a golden file, forward and backward, and compares its outputs and gradients.
import type { Device } from '../../runtime/engine/engine.ts';
import { createTensor, directAllocator } from '../core/allocator.ts';
import { Tape } from '../core/tape.ts';
import type { Shape, Tensor } from '../core/tensor.ts';
import { download, upload } from '../core/transfer.ts';
import { compare, type GoldenOp, type GoldenResult, type GoldenTensors, OP_TOLERANCE } from './format.ts';
import { GOLDEN_OPS, type OpRun } from './ops.ts';

/** Where the gradient of an input lies: `count` floats of `tensor` from `begin`. */
interface GradView {
  readonly tensor: Tensor;
  readonly begin: number;
  readonly count: number;
}

/** Runs a case; every output and gradient is one result. */
export async function checkGoldenOp(
  engine: Device,
  golden: GoldenTensors,
  op: GoldenOp,
): Promise<GoldenResult[]> {
  const runner = GOLDEN_OPS[op.op];
  if (!runner) {
    return [{ name: op.name, error: `unknown op '${op.op}'; known: ${Object.keys(GOLDEN_OPS).join(', ')}` }];
  }
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const grads = new Map<string, GradView>();
  const outputs = runner(opRun(engine, tape, golden, op, grads));
  if (op.grad_output) {
    const [first] = Object.values(outputs);
    tape.seed(first!, upload(engine, 'grad_output', first!.shape, golden.f32(op.grad_output)));
    tape.backward();
  }
  engine.submit(tape.take());

  const results: GoldenResult[] = [];
  for (const [role, name] of Object.entries(op.outputs)) {
    const output = outputs[role];
    if (!output) results.push({ name: `${op.name}/${role}`, error: `op ${op.op} has no output '${role}'` });
    else {
      const [got] = await download(engine, output);
      results.push(compare(`${op.name}/${role}`, got!, golden.f32(name), OP_TOLERANCE));
    }
  }
  for (const [role, name] of Object.entries(op.grads ?? {})) {
    const view = grads.get(role);
    if (!view)
      results.push({ name: `${op.name}/grad/${role}`, error: `op ${op.op} has no gradient of '${role}'` });
    else {
      const [all] = await download(engine, view.tensor);
      const got = all!.subarray(view.begin, view.begin + view.count);
      results.push(compare(`${op.name}/grad/${role}`, got, golden.f32(name), OP_TOLERANCE));
    }
  }
  return results;
}

function opRun(
  engine: Device,
  tape: Tape,
  golden: GoldenTensors,
  op: GoldenOp,
  grads: Map<string, GradView>,
): OpRun {
  const leaf = (label: string, shape: Shape, data: Float32Array<ArrayBuffer>): Tensor => {
    const x = upload(engine, label, shape, data);
    return { ...x, grad: createTensor(engine, `gradient of ${label}`, shape) };
  };
  const tensorName = (role: string): string => {
    const name = op.inputs[role];
    if (name === undefined) throw new Error(`${op.name}: op ${op.op} needs an input '${role}'`);
    return name;
  };
  const constant = (name: string): Tensor => {
    const { shape, dtype } = golden.get(name);
    return upload(engine, name, shape, dtype === 'F32' ? golden.f32(name) : golden.i32(name));
  };
  const inputs = new Map<string, Tensor>();
  const input = (role: string): Tensor => {
    const known = inputs.get(role);
    if (known) return known;
    const name = tensorName(role);
    const { shape, dtype } = golden.get(name);
    const tensor = dtype === 'F32' ? leaf(role, shape, golden.f32(name)) : constant(name);
    inputs.set(role, tensor);
    if (tensor.grad) grads.set(role, { tensor: tensor.grad, begin: 0, count: golden.f32(name).length });
    return tensor;
  };
  const stacked = (roles: readonly string[]): Tensor => {
    const parts = roles.map((role) => golden.get(tensorName(role)));
    const values = roles.map((role) => golden.f32(tensorName(role)));
    const rows = parts.reduce((sum, part) => sum + part.shape[0]!, 0);
    const data = new Float32Array(values.reduce((sum, v) => sum + v.length, 0));
    const tensor = leaf(roles.join('+'), [rows, data.length / rows], data);
    let begin = 0;
    values.forEach((v, i) => {
      data.set(v, begin);
      grads.set(roles[i]!, { tensor: tensor.grad!, begin, count: v.length });
      begin += v.length;
    });
    engine.write(tensor, data);
    return tensor;
  };
  const number = (attr: string): number => {
    const value = op.attrs[attr];
    if (typeof value !== 'number')
      throw new Error(`${op.name}: attribute ${attr} is ${value}, expected a number`);
    return value;
  };
  const pair = (attr: string): [number, number] => {
    const value = op.attrs[attr];
    return Array.isArray(value) ? [Number(value[0]), Number(value[1])] : [number(attr), number(attr)];
  };
  return {
    tape,
    engine,
    golden,
    attrs: op.attrs,
    input,
    optional: (role) => (op.inputs[role] === undefined ? null : input(role)),
    stacked,
    hostInput: (role) => golden.f32(tensorName(role)),
    constant,
    number,
    pair,
  };
}
