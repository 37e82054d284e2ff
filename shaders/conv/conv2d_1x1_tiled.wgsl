// 1x1 convolution of stride 1, one group, planes of whole vec4s, as conv2d_1x1.wgsl, and its gradient with respect to x.
// Grid: that of conv/lib/result_1x1.wgsl. params.moments: also leaves the moments of every 64 pixels, (C, chunks), for the
// batch norm that follows.
// For GPUs; software adapters: conv2d_1x1.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "conv/lib/result_1x1.wgsl"
//#include "conv/lib/tile_moments.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> moments: array<vec2f>;

// Invocations that have the 64 pixels of a chunk.
const LANES = 16u;

// Weights: (DEPTH, BLOCKS, GROUPS) groups of 4 channels. Then, moments: 2 INVOCATIONS.
override MEMORY: u32 = 320u;
var<workgroup> tile: array<vec4f, MEMORY>;

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  var rest = workgroup_index(workgroup, workgroups);
  let strip = next_coordinate(&rest, result_strips());
  let first_channel = 4u * BLOCKS * GROUPS * rest;
  if (first_channel >= RESULTS) {
    return;
  }
  let place = result_place(strip, first_channel, local);
  var sums: Sums;
  sum_result(place, local, &sums);
  if (TURNED == 0u && params.moments != 0u) {
    let chunks = params.batch * PLANE / LANES;
    for (var i = 0u; i < GROUPS; i++) {
      workgroupBarrier();
      leave_moments(
        local,
        vec4f(moments_of_4(sums[4u * i]), moments_of_4(sums[4u * i + 1u])),
        vec4f(moments_of_4(sums[4u * i + 2u]), moments_of_4(sums[4u * i + 3u])),
      );
      if (local < 4u * INVOCATIONS / LANES) {
        let c = local % 4u;
        let first = local / 4u * LANES;
        let channel = first_channel + 4u * (GROUPS * (first / QUADS) + i) + c;
        let chunk = (strip * QUADS + first % QUADS) / LANES;
        if (channel < RESULTS && chunk < chunks) {
          moments[channel * chunks + chunk] = chunk_moments(c, first, local);
        }
      }
    }
  }
  store_result(place, &sums);
}
