// 1x1 convolution of stride 1, one group, planes of whole vec4s: a matrix product over the channels of every pixel.
// Also its gradient with respect to x, with the matrix transposed (lib/conv_params.wgsl).
// One invocation: 4 result channels x 16 pixels. Grid: (tiles of 16 pixels, images, blocks of 4 channels), the
// first fastest.
//#include "lib/linear.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "lib/conv_store.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quads = params.source_height * params.source_width / 4u;
  let tiles = (quads + 3u) / 4u;
  let index = linear_id(id, workgroups, 64u);
  let r = index / (tiles * params.batch) * 4u;
  if (r >= params.result_channels) {
    return;
  }
  let n = index / tiles % params.batch;
  let quad = index % tiles * 4u;

  // weight offsets of the 4 result channels; channels past the last repeat it
  let count = min(4u, params.result_channels - r);
  let r1 = min(1u, count - 1u) * params.weight_result;
  let r2 = min(2u, count - 1u) * params.weight_result;
  let r3 = min(3u, count - 1u) * params.weight_result;

  var acc0 = mat4x4f();
  var acc1 = mat4x4f();
  var acc2 = mat4x4f();
  var acc3 = mat4x4f();
  var at = n * params.source_channels * quads + quad;
  var w = r * params.weight_result;
  for (var s = 0u; s < params.source_channels; s++) {
    var a = vec2f(1.0, 0.0);
    if (params.backward == 0u) {
      a = scale_shift(s, params.source_channels);
    }
    // Past the end of the plane lies something else, which is not stored.
    let v = mat4x4f(
      activate4(source[at], a),
      activate4(source[at + 1u], a),
      activate4(source[at + 2u], a),
      activate4(source[at + 3u], a),
    );
    acc0 += weight[w] * v;
    acc1 += weight[w + r1] * v;
    acc2 += weight[w + r2] * v;
    acc3 += weight[w + r3] * v;
    at += quads;
    w += params.weight_source;
  }

  for (var k = 0u; k < count; k++) {
    let a = scale_shift(r + k, params.result_channels);
    let to = (n * params.result_channels + r + k) * quads + quad;
    store4(to, true, a, acc0[0]);
    store4(to + 1u, quad + 1u < quads, a, acc0[1]);
    store4(to + 2u, quad + 2u < quads, a, acc0[2]);
    store4(to + 3u, quad + 3u < quads, a, acc0[3]);
    acc0 = acc1;
    acc1 = acc2;
    acc2 = acc3;
  }
}
