// 1x1 convolution of stride 1, one group, planes of whole vec4s: a matrix product over the channels of every pixel.
// Also its gradient with respect to x, with the matrix transposed (lib/conv_params.wgsl).
// One invocation: CHANNELS result channels x 16 pixels. Grid: (blocks of channels, tiles of 16 pixels, images), the
// first fastest, so that the next block finds the pixels in a cache. params.moments: also leaves every tile's moments,
// (C, images, tiles), for the batch norm that follows.
// For software adapters; GPUs: conv2d_tiled.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "conv/lib/conv_1x1_tile.wgsl"
//#include "lib/conv_store.wgsl"
//#include "conv/lib/chunk_moments.wgsl"
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
  var rest = linear_id(id, workgroups, 64u);
  let block = next_coordinate(&rest, (params.result_channels + CHANNELS - 1u) / CHANNELS);
  let tile = next_coordinate(&rest, tiles);
  let image = rest;
  if (image >= params.batch) {
    return;
  }
  let quad = tile * 4u;
  let first_channel = block * CHANNELS;
  let channels = min(CHANNELS, params.result_channels - first_channel);
  let first_weight = first_channel * params.weight_result;

  var sums = Tile();
  for (var s = 0u; s < params.source_channels; s++) {
    let a = source_scale_shift(s);
    let at = (image * params.source_channels + s) * quads + quad;
    // Past the end of the plane lies something else, which is not stored.
    let v = mat4x4f(
      activate4(source[at], a),
      activate4(source[at + 1u], a),
      activate4(source[at + 2u], a),
      activate4(source[at + 3u], a),
    );
    add_to(&sums, first_weight + s * params.weight_source, params.weight_result, channels - 1u, v);
  }

  for (var k = 0u; k < channels; k++) {
    let channel = first_channel + k;
    let a = scale_shift(channel, params.result_channels);
    let at = (image * params.result_channels + channel) * quads + quad;
    var v = sums[k];
    for (var once = 0u; once < params.moments; once++) {
      moments[(channel * params.batch + image) * tiles + tile] = moments_of(v);
    }
    for (var q = at; q < at + min(4u, quads - quad); q++) {
      store4(q, a, v[0]);
      v = mat4x4f(v[1], v[2], v[3], v[3]);
    }
  }
}
