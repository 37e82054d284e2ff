// Stores an element of C with what belongs to it. Needs `bias` and `c`.
//#include "matmul/lib/matmul_params.wgsl"
fn store(row: u32, column: u32, sum: f32) {
  var value = sum;
  if (params.has_bias != 0u) {
    value += bias[column];
  }
  let i = row * params.n + column;
  if (params.accumulate != 0u) {
    value += c[i];
  }
  c[i] = value;
}
