// Finds numbers that are not finite in what a kernel call has left, and keeps the first such call.
// x: n floats by their bits. found: number of the call, 0 where there is none; n less the first such element of it.
// One invocation: every so many elements.
//#include "lib/grid.wgsl"
struct Params {
  n: u32,
  call: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> found: array<atomic<u32>>;

const EXPONENT = 0x7f800000u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let first = atomicLoad(&found[0]);
  if (first != 0u && first != params.call) {
    return;
  }
  let invocations = 64u * workgroups.x * workgroups.y;
  for (var i = linear_id(id, workgroups, 64u); i < params.n; i += invocations) {
    if ((x[i] & EXPONENT) == EXPONENT) {
      atomicStore(&found[0], params.call);
      atomicMax(&found[1], params.n - i);
    }
  }
}
