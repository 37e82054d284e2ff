// Gradient of a convolution with respect to its weight, as partial sums over chunks of `chunk_size` output rows of
// all images. partials: (chunks, O, C / groups, KH, KW); sum_partials adds them up.
// One invocation: one tap of CHANNELS output channels x 8 input channels, one chunk.
// Grid: (taps, blocks of 8 of a group's input channels, blocks of its output channels, groups, chunks), the first
// fastest.
// For software adapters; GPUs: conv2d_tiled_grad_weight.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "lib/channel_tile_of_8.wgsl"
//#include "lib/shift8.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

// The gradient of one output channel, for 8 input channels.
fn factor(at: u32) -> f32 {
  return grad_output[at];
}

// A pixel of 4 input channels.
fn load4(at: vec4u, scale: vec4f, shift: vec4f, inside: bool) -> vec4f {
  let z = vec4f(x[at.x], x[at.y], x[at.z], x[at.w]) * scale + shift;
  return select(vec4f(), select(z, max(z, vec4f()), params.relu != 0u), inside);
}

// Eight values move up by one place, for the next to come in at the front.
fn preceded(v: mat2x4f, next: f32) -> mat2x4f {
  return mat2x4f(vec4f(next, v[0].xyz), vec4f(v[0].w, v[1].xyz));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let taps = params.kernel_h * params.kernel_w;
  var rest = linear_id(id, workgroups, 64u);
  let tap = next_coordinate(&rest, taps);
  let in_of_group = 8u * next_coordinate(&rest, (params.group_source + 7u) / 8u);
  let out_of_group = CHANNELS * next_coordinate(&rest, (params.group_result + CHANNELS - 1u) / CHANNELS);
  let group = next_coordinate(&rest, params.result_channels / params.group_result);
  let chunk = rest;
  let rows = params.batch * params.result_height;
  let begin = chunk * params.chunk_size;
  if (begin >= rows) {
    return;
  }
  let in_channel = group * params.group_step + in_of_group;
  let out_channel = group * params.group_result + out_of_group;
  let in_channels = min(8u, params.group_source - in_of_group);
  let out_channels = min(CHANNELS, params.group_result - out_of_group);
  let group_shift = i32(group) * params.group_shift;
  let dy = i32(tap / params.kernel_w * params.dilation) - params.pad_h + group_shift;
  let dx = i32(tap % params.kernel_w * params.dilation) - params.pad_w + group_shift;

  // plane offsets of the input channels; channels past the last repeat it
  let source_plane = params.source_height * params.source_width;
  let result_plane = params.result_height * params.result_width;
  let low_planes = min(vec4u(0u, 1u, 2u, 3u), vec4u(in_channels - 1u)) * source_plane;
  let high_planes = min(vec4u(4u, 5u, 6u, 7u), vec4u(in_channels - 1u)) * source_plane;
  var scale = mat2x4f();
  var shift = mat2x4f();
  for (var i = in_channels; i > 0u; i--) {
    let a = scale_shift(in_channel + i - 1u, params.source_channels);
    scale = preceded(scale, a.x);
    shift = preceded(shift, a.y);
  }

  var sums = Tile();
  for (var row = begin; row < min(begin + params.chunk_size, rows); row++) {
    let image = row / params.result_height;
    let oy = row % params.result_height;
    let iy = u32(i32(oy * params.up_h) + dy);
    let limit = select(0u, params.source_width, iy < params.source_height);
    let source_row = (image * params.source_channels + in_channel) * source_plane +
      min(iy, params.source_height - 1u) * params.source_width;
    let result_row = (image * params.result_channels + out_channel) * result_plane + oy * params.result_width;
    for (var ox = 0u; ox < params.result_width; ox++) {
      // a column left of the image is a large u32
      let ix = u32(i32(ox * params.up_w) + dx);
      let source = source_row + min(ix, params.source_width - 1u);
      let inside = ix < limit;
      let v = mat2x4f(
        load4(source + low_planes, scale[0], shift[0], inside),
        load4(source + high_planes, scale[1], shift[1], inside),
      );
      add_to(&sums, result_row + ox, result_plane, out_channels - 1u, v);
    }
  }

  let weights = params.result_channels * params.group_source * taps;
  for (var k = 0u; k < out_channels; k++) {
    let to = chunk * weights + ((out_channel + k) * params.group_source + in_of_group) * taps + tap;
    var sum = sums[k];
    for (var i = to; i < to + in_channels * taps; i += taps) {
      partials[i] = sum[0].x + select(0.0, partials[i], params.accumulate != 0u);
      sum = shift8(sum, 0.0);
    }
  }
}
