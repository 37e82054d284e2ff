// Products of pairs of matrices: C[i] (+)= A[i] B[i]. The operands may lie in any order: an element of A[i] is at
// i a_i + row a_m + k a_k, one of B[i] at i b_i + k b_k + column b_n.
// C: (count,M,N). One invocation: an element of C.
//#include "lib/grid.wgsl"
struct Params {
  count: u32,
  m: u32,
  n: u32,
  k: u32,
  a_i: u32,
  a_m: u32,
  a_k: u32,
  b_i: u32,
  b_k: u32,
  b_n: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = linear_id(id, workgroups, 64u);
  if (at >= params.count * params.m * params.n) {
    return;
  }
  var rest = at;
  let column = next_coordinate(&rest, params.n);
  let row = next_coordinate(&rest, params.m);
  let p = rest * params.a_i + row * params.a_m;
  let q = rest * params.b_i + column * params.b_n;
  var sum = 0.0;
  for (var k = 0u; k < params.k; k++) {
    sum += a[p + k * params.a_k] * b[q + k * params.b_k];
  }
  c[at] = sum + select(0.0, c[at], params.accumulate != 0u);
}
