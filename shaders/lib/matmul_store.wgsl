// Adds what belongs to it to up to 4 neighbouring elements of a row of C, and stores them.
// Needs lib/matmul_params.wgsl, `bias` and `c`.
fn store(row: u32, column: u32, sums: vec4f) {
  if (row >= params.m || column >= params.n) {
    return;
  }
  for (var j = 0u; j < min(4u, params.n - column); j++) {
    var value = sums[j];
    if (params.has_bias != 0u) {
      value += bias[column + j];
    }
    let i = row * params.n + column + j;
    if (params.accumulate != 0u) {
      value += c[i];
    }
    c[i] = value;
  }
}
