// grad[c] (+)= sum over images and pixels of grad_y x^ for gamma, of grad_y for beta (where BETA).
// Layouts as in group_norm.wgsl; grad: (C). One workgroup: a channel, 64 apart for each lane.
//#include "lib/grid.wgsl"
//#include "norm/lib/workgroup_total.wgsl"
override BETA: bool = false;

struct Params {
  images: u32,
  channels: u32,
  groups: u32,
  plane: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> moments: array<vec2f>;
@group(0) @binding(3) var<storage, read> grad_y: array<f32>;
@group(0) @binding(4) var<storage, read_write> grad: array<f32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let channel = workgroup_index(workgroup, workgroups);
  if (channel >= params.channels) {
    return;
  }
  let group = channel / (params.channels / params.groups);
  var sum = 0.0;
  for (var image = 0u; image < params.images; image++) {
    let begin = (image * params.channels + channel) * params.plane;
    let of_group = moments[image * params.groups + group];
    for (var i = lane; i < params.plane; i += 64u) {
      let normal = select((x[begin + i] - of_group.x) * of_group.y, 1.0, BETA);
      sum += grad_y[begin + i] * normal;
    }
  }
  let total = workgroup_total(lane, sum);
  if (lane == 0u) {
    grad[channel] = total + select(0.0, grad[channel], params.accumulate != 0u);
  }
}
