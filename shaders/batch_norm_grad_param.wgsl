// Gradient of batch norm with respect to beta (component 0 of the first stage's sums) or gamma (component 1).
// partials: (C, chunks, 2). One invocation: one channel.
struct Params {
  channels: u32,
  chunks: u32,
  component: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partials: array<f32>;
@group(0) @binding(2) var<storage, read_write> grad: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= params.channels) {
    return;
  }
  var sum = select(0.0, grad[c], params.accumulate != 0u);
  for (var k = 0u; k < params.chunks; k++) {
    sum += partials[2u * (c * params.chunks + k) + params.component];
  }
  grad[c] = sum;
}
