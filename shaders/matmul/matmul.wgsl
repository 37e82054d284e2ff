// The matrix product (matmul/lib/matmul_params.wgsl). One invocation: CHANNELS rows x 8 columns of C.
// Grid: (tiles of 8 columns, tiles of rows), the first fastest.
// For software adapters; GPUs: matmul_tiled.wgsl.
//#include "lib/grid.wgsl"
//#include "matmul/lib/matmul_store.wgsl"
//#include "lib/channel_tile_of_8.wgsl"
//#include "lib/shift8.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;

fn factor(at: u32) -> f32 {
  return a[at];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  var rest = linear_id(id, workgroups, 64u);
  let column = 8u * next_coordinate(&rest, (params.n + 7u) / 8u);
  let row = CHANNELS * rest;
  if (row >= params.m) {
    return;
  }
  let rows = min(CHANNELS, params.m - row);
  // Columns past the last repeat it; their sums are not stored.
  let last = params.n - 1u - column;
  let low = (column + min(vec4u(0u, 1u, 2u, 3u), vec4u(last))) * params.b_n;
  let high = (column + min(vec4u(4u, 5u, 6u, 7u), vec4u(last))) * params.b_n;

  var sums = Tile();
  for (var k = 0u; k < params.k; k++) {
    let p = low + k * params.b_k;
    let q = high + k * params.b_k;
    let v = mat2x4f(b[p.x], b[p.y], b[p.z], b[p.w], b[q.x], b[q.y], b[q.z], b[q.w]);
    add_to(&sums, row * params.a_m + k * params.a_k, params.a_m, rows - 1u, v);
  }

  for (var i = 0u; i < rows; i++) {
    var v = sums[i];
    for (var j = column; j < min(column + 8u, params.n); j++) {
      store(row + i, j, v[0].x);
      v = shift8(v, 0.0);
    }
  }
}
