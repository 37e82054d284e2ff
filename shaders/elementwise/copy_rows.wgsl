// y[n, y_begin + i] (+)= x[n, x_begin + i], or 0 unless `kept`, for i < size: a part of every row, between rows of any
// length.
// x: (N, x_stride), y: (N, y_stride). Grid: (size, N). One invocation: an element.
struct Params {
  size: u32,
  x_begin: u32,
  x_stride: u32,
  y_begin: u32,
  y_stride: u32,
  kept: u32,
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
  let kept = params.kept != 0u;
  var value = select(0.0, x[select(0u, id.y * params.x_stride + params.x_begin + id.x, kept)], kept);
  if (params.accumulate != 0u) {
    value += y[at];
  }
  y[at] = value;
}
