// The matrix product (matmul/lib/matmul_params.wgsl) by tiles of A and B in workgroup memory.
// One workgroup: a 32x32 tile of C. One invocation: 4x4 of it. Grid: (tiles of a row, tiles of a column), the first
// fastest.
// For GPUs; software adapters: matmul.wgsl.
//#include "lib/grid.wgsl"
//#include "matmul/lib/matmul_store.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;

const DEPTH = 16u;
const QUADS = 8u;

// (DEPTH, QUADS) groups of 4 rows of A, and of 4 columns of B
var<workgroup> rows: array<vec4f, DEPTH * QUADS>;
var<workgroup> columns: array<vec4f, DEPTH * QUADS>;

// Up to 4 neighbouring elements of a row of C.
fn store4(row: u32, column: u32, sums: vec4f) {
  for (var j = 0u; j < 4u && row < params.m && column + j < params.n; j++) {
    store(row, column + j, sums[j]);
  }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  var rest = workgroup_index(workgroup, workgroups);
  let tile_column = 32u * next_coordinate(&rest, (params.n + 31u) / 32u);
  let tile_row = 32u * rest;
  if (tile_row >= params.m) {
    return;
  }
  let row_quad = local / QUADS;
  let column_quad = local % QUADS;
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  // This invocation loads 4 rows or columns at two of the DEPTH places along K. Those past the edge are the last one,
  // whose sums are not stored; past the end of K everything is zero.
  let load_k = local % DEPTH;
  for (var k = 0u; k < params.k; k += DEPTH) {
    let at = min(k + load_k, params.k - 1u);
    let inside = k + load_k < params.k;
    for (var quad = local / DEPTH; quad < QUADS; quad += 64u / DEPTH) {
      let i = 4u * quad + vec4u(0u, 1u, 2u, 3u);
      let at_a = min(tile_row + i, vec4u(params.m - 1u)) * params.a_m + at * params.a_k;
      let at_b = min(tile_column + i, vec4u(params.n - 1u)) * params.b_n + at * params.b_k;
      rows[load_k * QUADS + quad] = select(vec4f(), vec4f(a[at_a.x], a[at_a.y], a[at_a.z], a[at_a.w]), inside);
      columns[load_k * QUADS + quad] = select(vec4f(), vec4f(b[at_b.x], b[at_b.y], b[at_b.z], b[at_b.w]), inside);
    }
    workgroupBarrier();
    for (var i = 0u; i < DEPTH; i++) {
      let u = rows[i * QUADS + row_quad];
      let v = columns[i * QUADS + column_quad];
      sum0 += u.x * v;
      sum1 += u.y * v;
      sum2 += u.z * v;
      sum3 += u.w * v;
    }
    workgroupBarrier();
  }
  let row = tile_row + 4u * row_quad;
  let column = tile_column + 4u * column_quad;
  store4(row, column, sum0);
  store4(row + 1u, column, sum1);
  store4(row + 2u, column, sum2);
  store4(row + 3u, column, sum3);
}
