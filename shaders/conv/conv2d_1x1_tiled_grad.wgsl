// Both gradients of a 1x1 convolution of stride 1 in one call: the first WEIGHT_WORKGROUPS workgroups make that of the
// weight (conv/lib/grad_weight_1x1.wgsl), the others that of x (conv/lib/result_1x1.wgsl).
// For GPUs; software adapters: conv2d_1x1.wgsl and conv2d_1x1_grad_weight.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "conv/lib/result_1x1.wgsl"
//#include "conv/lib/grad_weight_1x1.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> partials: array<f32>;

override WEIGHT_WORKGROUPS: u32 = 264u;

// What either part needs.
override MEMORY: u32 = 680u;
var<workgroup> tile: array<vec4f, MEMORY>;

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = workgroup_index(workgroup, workgroups);
  if (number < WEIGHT_WORKGROUPS) {
    weight_gradient(number, local);
    return;
  }
  var rest = number - WEIGHT_WORKGROUPS;
  let strip = next_coordinate(&rest, result_strips());
  let first_channel = 4u * BLOCKS * GROUPS * rest;
  if (first_channel >= RESULTS) {
    return;
  }
  let place = result_place(strip, first_channel, local);
  var sums: Sums;
  sum_result(place, local, &sums);
  store_result(place, &sums);
}
