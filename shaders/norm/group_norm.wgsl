// y = gamma[c] x^ + beta[c], x^ = (x - m) / sqrt(v + eps), m and v the mean and variance of a group of channels of an
// image. x, y: (N,C,P), P pixels a plane; gamma, beta: (C); moments: (N,G,2), m and 1 / sqrt(v + eps).
// One workgroup: a group of an image, `size` numbers that lie together, 64 apart for each lane.
//#include "lib/grid.wgsl"
//#include "norm/lib/workgroup_total.wgsl"
struct Params {
  channels: u32,
  // Groups of all images, and of each.
  all_groups: u32,
  groups: u32,
  plane: u32,
  // Numbers in a group.
  size: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gamma: array<f32>;
@group(0) @binding(3) var<storage, read> beta: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> moments: array<vec2f>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let group = workgroup_index(workgroup, workgroups);
  if (group >= params.all_groups) {
    return;
  }
  let begin = group * params.size;
  let count = f32(params.size);
  var sum = 0.0;
  for (var i = lane; i < params.size; i += 64u) {
    sum += x[begin + i];
  }
  let mean = workgroup_total(lane, sum) / count;
  var squares = 0.0;
  for (var i = lane; i < params.size; i += 64u) {
    let deviation = x[begin + i] - mean;
    squares += deviation * deviation;
  }
  let scale = 1.0 / sqrt(workgroup_total(lane, squares) / count + params.eps);
  if (lane == 0u) {
    moments[group] = vec2f(mean, scale);
  }
  let first = (group % params.groups) * (params.channels / params.groups);
  for (var i = lane; i < params.size; i += 64u) {
    let c = first + i / params.plane;
    y[begin + i] = (x[begin + i] - mean) * scale * gamma[c] + beta[c];
  }
}
