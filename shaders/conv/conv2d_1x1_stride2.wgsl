// 1x1 convolution of stride 2, one group, and that of a factorized reduce, whose second half of the channels reads one
// pixel further to the right and below; the result's rows being whole vec4s, and no window outside the source.
// One invocation: CHANNELS result channels x 16 pixels. Grid: (blocks of channels of all parts, tiles of 16 pixels,
// images), the first fastest. params.moments: as in conv2d_1x1.wgsl.
//#include "lib/linear.wgsl"
//#include "lib/divide.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "conv/lib/conv_1x1_tile.wgsl"
//#include "conv/lib/sum_of.wgsl"
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
  // A part is a run of result channels that read the same source pixels.
  let part_size = min(params.result_channels, params.second_half);
  let part_blocks = (part_size + CHANNELS - 1u) / CHANNELS;
  let at_block = divide(linear_id(id, workgroups, 64u), params.result_channels / part_size * part_blocks);
  let at_tile = divide(at_block.x, tiles);
  let at_part = divide(at_block.y, part_blocks);
  let n = at_tile.x;
  if (n >= params.batch) {
    return;
  }
  let quad = at_tile.y * 4u;
  let half = at_part.x;
  let in_part = at_part.y * CHANNELS;
  let r = half * part_size + in_part;
  let count = min(CHANNELS, part_size - in_part);
  // The first source pixel of each of the 4 vec4s. Those past the end of the plane repeat the last.
  let of_result = quad + min(vec4u(0u, 1u, 2u, 3u), vec4u(quads - 1u - quad));
  let row = 2u * (of_result / row_quads) + half;
  let first = row * params.source_width + 8u * (of_result % row_quads) + half;

  var tile = Tile();
  for (var s = 0u; s < params.source_channels; s++) {
    let a = scale_shift(s, params.source_channels);
    let at = (n * params.source_channels + s) * params.source_height * params.source_width + first;
    let v = mat4x4f(load4(at.x, a), load4(at.y, a), load4(at.z, a), load4(at.w, a));
    add_to(&tile, r * params.weight_result + s * params.weight_source, params.weight_result, count - 1u, v);
  }

  for (var k = 0u; k < count; k++) {
    let channel = r + k;
    var v = tile[k];
    let at = (n * params.result_channels + channel) * quads + quad;
    for (var once = 0u; once < params.moments; once++) {
      moments[(channel * params.batch + n) * tiles + at_tile.y] = moments_of(v);
    }
    for (var q = at; q < at + min(4u, quads - quad); q++) {
      result[q] = v[0];
      v = mat4x4f(v[1], v[2], v[3], v[3]);
    }
  }
}
