// y[n, y_begin + i] (+)= factor * x[n, x_begin + i] for i < size: a part of every row, between rows of any length.
// x: (N, x_stride), y: (N, y_stride). Grid: (size, N). One invocation: an element.
struct Params {
  size: u32,
  x_begin: u32,
  x_stride: u32,
  y_begin: u32,
  y_stride: u32,
  factor: f32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.size) {
    return;
  }
  let at = id.y * params.y_stride + params.y_begin + id.x;
  var value = params.factor * x[id.y * params.x_stride + params.x_begin + id.x];
  if (params.accumulate != 0u) {
    value += y[at];
  }
  y[at] = value;
}
