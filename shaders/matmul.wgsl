// The matrix product (lib/matmul_params.wgsl). One invocation: a 4x4 tile of C, kept in registers.
// Grid: ceil(M/4)*ceil(N/4).
//#include "lib/linear.wgsl"
//#include "lib/matmul_params.wgsl"
//#include "lib/matmul_store.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let tile = linear_id(id, groups, 64u);
  let tiles = (params.n + 3u) / 4u;
  let row = 4u * (tile / tiles);
  let column = 4u * (tile % tiles);
  if (row >= params.m) {
    return;
  }
  // Rows and columns past the edge read the last one; their sums are not stored.
  var at_a = min(vec4u(row) + vec4u(0, 1, 2, 3), vec4u(params.m - 1u)) * params.a_m;
  var at_b = min(vec4u(column) + vec4u(0, 1, 2, 3), vec4u(params.n - 1u)) * params.b_n;
  var sum0 = vec4f(0);
  var sum1 = vec4f(0);
  var sum2 = vec4f(0);
  var sum3 = vec4f(0);
  for (var k = 0u; k < params.k; k++) {
    let v = vec4f(b[at_b.x], b[at_b.y], b[at_b.z], b[at_b.w]);
    sum0 += a[at_a.x] * v;
    sum1 += a[at_a.y] * v;
    sum2 += a[at_a.z] * v;
    sum3 += a[at_a.w] * v;
    at_a += params.a_k;
    at_b += params.b_k;
  }
  // a loop that no compiler unrolls: each unrolled access costs time to compile
  for (var y = row; y < min(row + 4u, params.m); y++) {
    store(y, column, sum0);
    sum0 = sum1;
    sum1 = sum2;
    sum2 = sum3;
  }
}
