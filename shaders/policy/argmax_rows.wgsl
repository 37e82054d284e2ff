// index[r] = the column of the largest of x[r, begin .. end - 1]; of equal ones the first.
// x: (R,K), index: (R). One invocation: a row.
//#include "lib/grid.wgsl"
struct Params {
  rows: u32,
  k: u32,
  begin: u32,
  end: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> index: array<i32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row = linear_id(id, workgroups, 64u);
  if (row >= params.rows) {
    return;
  }
  let first = row * params.k;
  var best = params.begin;
  for (var j = params.begin + 1u; j < params.end; j++) {
    if (x[first + j] > x[first + best]) {
      best = j;
    }
  }
  index[row] = i32(best);
}
