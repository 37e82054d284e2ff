// Reads off a WGSL kernel what the host needs to call it: bindings, the Params layout, override constants
// and the workgroup size. The layout thus exists once, in the shader. Only the forms that this project's
// shaders use are understood; anything else is an internal error at load time.

export interface Binding {
  readonly name: string;
  readonly index: number;
  readonly kind: 'uniform' | 'read' | 'read_write';
  /** Whether it holds floating-point numbers, alone or in vectors. */
  readonly float: boolean;
}

export interface ParamField {
  readonly name: string;
  readonly type: 'u32' | 'i32' | 'f32';
}

export interface KernelReflection {
  readonly name: string;
  readonly bindings: readonly Binding[];
  /** Fields of `struct Params`, 4 bytes each, in order. */
  readonly params: readonly ParamField[];
  /** Override constants with their defaults. */
  readonly overrides: ReadonlyMap<string, number>;
  /** Each extent is a number or the name of an override constant. */
  readonly workgroupSize: readonly (number | string)[];
  /** Whether it can tell where it stands in a grid that was folded (shaders/lib/grid.wgsl). */
  readonly unfolds: boolean;
}

const BINDING =
  /@group\(0\)\s*@binding\((\d+)\)\s*var<(uniform|storage(?:,\s*(read_write|read))?)>\s*(\w+)\s*:\s*([^;]+);/g;
const FLOAT = /^array<\s*(?:f32|vec[234]f|vec[234]<f32>)\b/;
const OVERRIDE = /^override\s+(\w+)\s*:\s*(u32|i32|f32|bool)\s*=\s*([^;]+);/gm;
const WORKGROUP = /@workgroup_size\(([^)]*)\)/;
const PARAMS = /struct Params \{([^}]*)\}/;
const FIELD = /^(\w+)\s*:\s*(u32|i32|f32)$/;

/** Reflects the (include-expanded) WGSL text of one kernel. */
export function reflectKernel(name: string, wgsl: string): KernelReflection {
  const text = wgsl.replace(/\/\/[^\n]*/g, '');
  const bindings = [...text.matchAll(BINDING)].map((m) => ({
    name: m[4]!,
    index: Number(m[1]),
    kind: m[2] === 'uniform' ? ('uniform' as const) : ((m[3] ?? 'read') as 'read' | 'read_write'),
    float: FLOAT.test(m[5]!),
  }));
  const overrides = new Map([...text.matchAll(OVERRIDE)].map((m) => [m[1]!, parseLiteral(m[3]!)]));
  const size = WORKGROUP.exec(text);
  if (!size) throw new Error(`internal: shader ${name} has no @workgroup_size`);
  const workgroupSize = size[1]!
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s)
    .map((s) => (/^\d+u?$/.test(s) ? parseInt(s, 10) : s));
  const body = PARAMS.exec(text)?.[1] ?? '';
  const params = body
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s)
    .map((s) => {
      const m = FIELD.exec(s);
      if (!m) throw new Error(`internal: shader ${name}: Params field '${s}' is not u32, i32 or f32`);
      return { name: m[1]!, type: m[2] as ParamField['type'] };
    });
  return { name, bindings, params, overrides, workgroupSize, unfolds: text.includes('num_workgroups') };
}

function parseLiteral(text: string): number {
  const t = text.trim();
  if (t === 'true') return 1;
  if (t === 'false') return 0;
  return Number(t.replace(/[uif]$/, ''));
}

/** Packs named values into the bytes of `struct Params`. Every field must be given, and nothing else. */
export function packParams(kernel: KernelReflection, values: Readonly<Record<string, number>>): Uint8Array {
  const bytes = new ArrayBuffer(Math.max(16, Math.ceil(kernel.params.length / 4) * 16));
  const view = new DataView(bytes);
  kernel.params.forEach(({ name, type }, i) => {
    const value = values[name];
    if (value === undefined) throw new Error(`internal: ${kernel.name}: parameter ${name} is missing`);
    if (type === 'f32') view.setFloat32(4 * i, value, true);
    else if (type === 'u32') view.setUint32(4 * i, value, true);
    else view.setInt32(4 * i, value, true);
  });
  if (Object.keys(values).length !== kernel.params.length) {
    const known = kernel.params.map((p) => p.name);
    const extra = Object.keys(values).filter((k) => !known.includes(k));
    throw new Error(`internal: ${kernel.name}: unknown parameters ${extra.join(', ')}`);
  }
  return new Uint8Array(bytes);
}

/** The workgroup size under the given constants, always three numbers. */
export function resolveWorkgroupSize(
  kernel: KernelReflection,
  constants: Readonly<Record<string, number>>,
): [number, number, number] {
  const [x = 1, y = 1, z = 1] = kernel.workgroupSize.map((s) =>
    typeof s === 'number' ? s : (constants[s] ?? kernel.overrides.get(s) ?? NaN),
  );
  return [x, y, z];
}
