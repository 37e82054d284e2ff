// 1x1 convolution of stride 1, one group, planes of whole vec4s: a matrix product over the channels of every pixel.
// Also its gradient with respect to x, with the matrix transposed (lib/conv_params.wgsl).
// One invocation: 4 result channels x 16 pixels. Grid: (blocks of 4 channels, tiles of 16 pixels, images), the first
// fastest, so that the next block finds the pixels in a cache. params.moments: also leaves every tile's moments,
// (C, images, tiles), for the batch norm that follows.
//#include "lib/linear.wgsl"
//#include "lib/divide.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "lib/conv_1x1_tile.wgsl"
//#include "lib/conv_store.wgsl"
//#include "lib/sum_of.wgsl"
//#include "lib/chunk_moments.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> moments: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quads = params.source_height * params.source_width / 4u;
  let tiles = (quads + 3u) / 4u;
  let at_block = divide(linear_id(id, workgroups, 64u), (params.result_channels + 3u) / 4u);
  let at_tile = divide(at_block.x, tiles);
  let r = at_block.y * 4u;
  let n = at_tile.x;
  if (n >= params.batch) {
    return;
  }
  let quad = at_tile.y * 4u;

  let end = min(r + 4u, params.result_channels);
  let steps = weight_steps(r, end);

  var acc0 = mat4x4f();
  var acc1 = mat4x4f();
  var acc2 = mat4x4f();
  var acc3 = mat4x4f();
  for (var s = 0u; s < params.source_channels; s++) {
    let a = source_scale_shift(s);
    let at = (n * params.source_channels + s) * quads + quad;
    // Past the end of the plane lies something else, which is not stored.
    let v = mat4x4f(
      activate4(source[at], a),
      activate4(source[at + 1u], a),
      activate4(source[at + 2u], a),
      activate4(source[at + 3u], a),
    );
    let w = r * params.weight_result + s * params.weight_source;
    acc0 = multiply_add(acc0, weight[w], v);
    acc1 = multiply_add(acc1, weight[w + steps.x], v);
    acc2 = multiply_add(acc2, weight[w + steps.y], v);
    acc3 = multiply_add(acc3, weight[w + steps.z], v);
  }

  for (var channel = r; channel < end; channel++) {
    let a = scale_shift(channel, params.result_channels);
    let at = (n * params.result_channels + channel) * quads + quad;
    for (var once = 0u; once < params.moments; once++) {
      moments[(channel * params.batch + n) * tiles + at_tile.y] = moments_of(acc0);
    }
    for (var once = 0u; once < changes(); once++) {
      for (var q = at; q < at + 4u; q++) {
        acc0 = mat4x4f(acc0[1], acc0[2], acc0[3], grad_of4(q, a, acc0[0]));
      }
    }
    // Past the end of the plane, the last store to its last vec4 is the right one.
    let past = quads - 1u - quad;
    result[at + min(3u, past)] = acc0[3];
    result[at + min(2u, past)] = acc0[2];
    result[at + min(1u, past)] = acc0[1];
    result[at] = acc0[0];
    acc0 = acc1;
    acc1 = acc2;
    acc2 = acc3;
  }
}
