// 1x1 convolution of stride 2 whose groups read all source channels: one group, or the two of a factorized reduce, the
// second of which reads one pixel further to the right and below; the result's rows being whole vec4s, and no window
// outside the source.
// One invocation: CHANNELS result channels x 16 pixels. Grid: (blocks of a group's channels, groups, tiles of 16
// pixels, images), the first fastest. params.moments: as in conv2d_1x1.wgsl.
// For software adapters; GPUs: conv2d_tiled.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "conv/lib/conv_1x1_tile.wgsl"
//#include "conv/lib/chunk_moments.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> moments: array<vec2f>;

fn load4(at: u32, a: vec2f) -> vec4f {
  return activate4(vec4f(source[at], source[at + 2u], source[at + 4u], source[at + 6u]), a);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row_quads = params.result_width / 4u;
  let quads = params.result_height * row_quads;
  let tiles = (quads + 3u) / 4u;
  var rest = linear_id(id, workgroups, 64u);
  let block = next_coordinate(&rest, (params.group_result + CHANNELS - 1u) / CHANNELS);
  let group = next_coordinate(&rest, params.result_channels / params.group_result);
  let tile = next_coordinate(&rest, tiles);
  let image = rest;
  if (image >= params.batch) {
    return;
  }
  let quad = tile * 4u;
  let in_group = block * CHANNELS;
  let first_channel = group * params.group_result + in_group;
  let channels = min(CHANNELS, params.group_result - in_group);
  let first_weight = first_channel * params.weight_result;
  // The first source pixel of each of the 4 vec4s. Those past the end of the plane repeat the last.
  let result_quad = quad + min(vec4u(0u, 1u, 2u, 3u), vec4u(quads - 1u - quad));
  let source_row = 2u * (result_quad / row_quads) + group;
  let pixel = source_row * params.source_width + 8u * (result_quad % row_quads) + group;

  var sums = Tile();
  for (var s = 0u; s < params.source_channels; s++) {
    let a = scale_shift(s, params.source_channels);
    let at = (image * params.source_channels + s) * params.source_height * params.source_width + pixel;
    let v = mat4x4f(load4(at.x, a), load4(at.y, a), load4(at.z, a), load4(at.w, a));
    add_to(&sums, first_weight + s * params.weight_source, params.weight_result, channels - 1u, v);
  }

  for (var k = 0u; k < channels; k++) {
    let channel = first_channel + k;
    var v = sums[k];
    let at = (image * params.result_channels + channel) * quads + quad;
    for (var once = 0u; once < params.moments; once++) {
      moments[(channel * params.batch + image) * tiles + tile] = moments_of(v);
    }
    for (var q = at; q < at + min(4u, quads - quad); q++) {
      result[q] = v[0];
      v = mat4x4f(v[1], v[2], v[3], v[3]);
    }
  }
}
