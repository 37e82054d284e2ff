// Gradient of conv2d_1x1_stride2.wgsl with respect to x, whose rows are twice as long as the source's: each half of the
// channels of gradOutput fills every second pixel of every second row, and zeros lie between.
// One invocation: CHANNELS channels of x's gradient x 16 pixels of gradOutput. Grid: (blocks of channels, halves, tiles
// of 16 pixels, images), the first fastest.
//#include "lib/linear.wgsl"
//#include "lib/divide.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "conv/lib/conv_1x1_tile.wgsl"
//#include "lib/conv_store.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row_quads = params.source_width / 4u;
  let quads = params.source_height * row_quads;
  let at_block = divide(linear_id(id, workgroups, 64u), (params.result_channels + CHANNELS - 1u) / CHANNELS);
  let at_half = divide(at_block.x, 2u);
  let at_tile = divide(at_half.x, (quads + 3u) / 4u);
  let n = at_tile.x;
  if (n >= params.batch) {
    return;
  }
  let r = at_block.y * CHANNELS;
  let half = at_half.y;
  let quad = at_tile.y * 4u;
  let channels = min(CHANNELS, params.result_channels - r);

  var tile = Tile();
  let source_end = select(params.second_half, params.source_channels, half == 1u);
  for (var s = half * params.second_half; s < source_end; s++) {
    let at = (n * params.source_channels + s) * quads + quad;
    // Past the end of the plane lies something else, which is not stored.
    let v = mat4x4f(source[at], source[at + 1u], source[at + 2u], source[at + 3u]);
    add_to(&tile, r * params.weight_result + s * params.weight_source, params.weight_result, channels - 1u, v);
  }

  // where each of the 4 vec4s begins in the result
  let of_source = quad + vec4u(0u, 1u, 2u, 3u);
  let row = 2u * (of_source / row_quads) + half;
  let first = 2u * (row * row_quads + of_source % row_quads);
  let count = min(4u, quads - quad);
  for (var k = 0u; k < channels; k++) {
    let channel = r + k;
    var sums = tile[k];
    let a = scale_shift(channel, params.result_channels);
    let plane = (n * params.result_channels + channel) * params.result_height * 2u * row_quads;
    var begin = first;
    for (var i = 0u; i < count; i++) {
      let at = plane + begin.x;
      let v = sums[0];
      var low = vec4f(v.x, 0.0, v.y, 0.0);
      var high = vec4f(v.z, 0.0, v.w, 0.0);
      low = select(low, low.wxyz, half == 1u);
      high = select(high, high.wxyz, half == 1u);
      for (var once = 0u; once < changes(); once++) {
        low = grad_of4(at, a, low);
        high = grad_of4(at + 1u, a, high);
      }
      result[at] = low;
      result[at + 1u] = high;
      begin = begin.yzwx;
      sums = mat4x4f(sums[1], sums[2], sums[3], sums[0]);
    }
  }
}
