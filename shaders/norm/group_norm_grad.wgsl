// grad_x (+)= s (h - mean(h) - x^ mean(h x^)), h = gamma[c] grad_y, x^ = (x - m) s, the means over a group of channels of
// an image. Layouts as in group_norm.wgsl. One workgroup: a group of an image, 64 apart for each lane.
//#include "lib/grid.wgsl"
//#include "norm/lib/workgroup_total.wgsl"
struct Params {
  channels: u32,
  all_groups: u32,
  groups: u32,
  plane: u32,
  size: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> gamma: array<f32>;
@group(0) @binding(3) var<storage, read> moments: array<vec2f>;
@group(0) @binding(4) var<storage, read> grad_y: array<f32>;
@group(0) @binding(5) var<storage, read_write> grad_x: array<f32>;

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
  let first = (group % params.groups) * (params.channels / params.groups);
  let mean = moments[group].x;
  let scale = moments[group].y;
  var sum = 0.0;
  var along = 0.0;
  for (var i = lane; i < params.size; i += 64u) {
    let h = gamma[first + i / params.plane] * grad_y[begin + i];
    sum += h;
    along += h * (x[begin + i] - mean) * scale;
  }
  let count = f32(params.size);
  let mean_h = workgroup_total(lane, sum) / count;
  let mean_along = workgroup_total(lane, along) / count;
  for (var i = lane; i < params.size; i += 64u) {
    let h = gamma[first + i / params.plane] * grad_y[begin + i];
    let normal = (x[begin + i] - mean) * scale;
    let grad = scale * (h - mean_h - normal * mean_along);
    grad_x[begin + i] = grad + select(0.0, grad_x[begin + i], params.accumulate != 0u);
  }
}
