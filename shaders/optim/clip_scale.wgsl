// settings[0] = min(1, max_norm / (norm + 1e-6)), norm = square root of the sum of the partials, in order.
// A single invocation.
struct Params {
  partials_count: u32,
  max_norm: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partials: array<f32>;
@group(0) @binding(2) var<storage, read_write> settings: array<f32>;

@compute @workgroup_size(1)
fn main() {
  var sum = 0.0;
  for (var p = 0u; p < params.partials_count; p++) {
    sum += partials[p];
  }
  settings[0] = min(1.0, params.max_norm / (sqrt(sum) + 1e-6));
}
