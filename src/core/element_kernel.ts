// The kernel around a body: WGSL statements that compute one element.

/** Whether a text is a kernel of its own, or the body of one. */
export const isKernel = (wgsl: string): boolean => /@compute\b|\bfn\s+main\b/.test(wgsl);

/**
 * A kernel that runs `body` for every element `i` of what it writes. Bound are those of `readable` that the body names,
 * and `written`, all of f32; `params` has `n`, their number, and as f32 whatever else the body names of it. Lines are
 * counted as in the body.
 * @param each elements that an invocation takes
 */
export function elementKernel(
  body: string,
  readable: readonly string[],
  written: string,
  each: number,
): string {
  const code = body.replace(/\/\/[^\n]*/g, '');
  const names = (name: string): boolean => new RegExp(`(?<!\\.)\\b${name}\\b`).test(code);
  const read = readable.filter((name) => name !== written && names(name));
  const fields = new Set([...code.matchAll(/\bparams\.(\w+)/g)].map(([, field]) => field!));
  fields.delete('n');
  const declared = [
    `struct Params { n: u32${[...fields].map((field) => `, ${field}: f32`).join('')} }`,
    '@group(0) @binding(0) var<uniform> params: Params;',
    ...read.map((name, i) => `@group(0) @binding(${i + 1}) var<storage, read> ${name}: array<f32>;`),
    `@group(0) @binding(${read.length + 1}) var<storage, read_write> ${written}: array<f32>;`,
  ].join(' ');
  return `${declared} fn element(i: u32) { ${body}
}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let first = ${each}u * (id.x + id.y * groups.x * 64u);
  for (var i = first; i < min(first + ${each}u, params.n); i++) { element(i); }
}`;
}
