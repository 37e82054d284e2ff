// Gradient of conv2d_1x1_stride2.wgsl with respect to x, whose rows are twice as long as the source's: a group of
// gradOutput's channels fills every second pixel of every second row, group 0 the even ones and group 1, if there is
// one, the odd ones; elsewhere it is zero.
// One invocation: CHANNELS channels of x's gradient, even or odd rows, x 16 pixels of gradOutput. Grid: (blocks of
// channels, 2, tiles of 16 pixels, images), the first fastest.
// For software adapters; GPUs: conv2d_tiled.wgsl.
//#include "lib/grid.wgsl"
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
  var rest = linear_id(id, workgroups, 64u);
  let block = next_coordinate(&rest, (params.result_channels + CHANNELS - 1u) / CHANNELS);
  let group = next_coordinate(&rest, 2u);
  let tile = next_coordinate(&rest, (quads + 3u) / 4u);
  let image = rest;
  if (image >= params.batch) {
    return;
  }
  let quad = tile * 4u;
  let first_channel = block * CHANNELS;
  let channels = min(CHANNELS, params.result_channels - first_channel);
  let first_weight = first_channel * params.weight_result;

  var sums = Tile();
  let source_begin = group * params.group_source;
  for (var s = source_begin; s < min(source_begin + params.group_source, params.source_channels); s++) {
    let at = (image * params.source_channels + s) * quads + quad;
    // Past the end of the plane lies something else, which is not stored.
    let v = mat4x4f(source[at], source[at + 1u], source[at + 2u], source[at + 3u]);
    add_to(&sums, first_weight + s * params.weight_source, params.weight_result, channels - 1u, v);
  }

  // where each of the 4 vec4s begins in the result
  let source_quad = quad + vec4u(0u, 1u, 2u, 3u);
  let row = 2u * (source_quad / row_quads) + group;
  let first = 2u * (row * row_quads + source_quad % row_quads);
  let count = min(4u, quads - quad);
  for (var k = 0u; k < channels; k++) {
    let channel = first_channel + k;
    var sum = sums[k];
    let a = scale_shift(channel, params.result_channels);
    let plane = (image * params.result_channels + channel) * params.result_height * 2u * row_quads;
    var begin = first;
    for (var i = 0u; i < count; i++) {
      let at = plane + begin.x;
      let v = sum[0];
      var low = vec4f(v.x, 0.0, v.y, 0.0);
      var high = vec4f(v.z, 0.0, v.w, 0.0);
      low = select(low, low.wxyz, group == 1u);
      high = select(high, high.wxyz, group == 1u);
      for (var once = 0u; once < changes(); once++) {
        low = grad_of4(at, a, low);
        high = grad_of4(at + 1u, a, high);
      }
      result[at] = low;
      result[at + 1u] = high;
      begin = begin.yzwx;
      sum = mat4x4f(sum[1], sum[2], sum[3], sum[0]);
    }
  }
}
