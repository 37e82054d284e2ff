// Gradient of a convolution with respect to its weight, as partial sums over chunks of `chunk_size` output rows of
// all images. partials: (chunks, O, C / groups, KH, KW); sum_partials adds them up.
// One invocation: one tap of CHANNELS output channels x 8 input channels, one chunk.
// Grid: (taps, blocks of 8 input channels, blocks of output channels of all parts, chunks), the first fastest.
//#include "lib/linear.wgsl"
//#include "lib/divide.wgsl"
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
  // A part is a run of output channels that read the same source pixels.
  let part_size = min(params.group_result, params.second_half);
  let part_blocks = (part_size + CHANNELS - 1u) / CHANNELS;
  let blocks = params.result_channels / part_size * part_blocks;
  let source_blocks = (params.group_source + 7u) / 8u;
  let at_tap = divide(linear_id(id, workgroups, 64u), taps);
  let at_source = divide(at_tap.x, source_blocks);
  let at_block = divide(at_source.x, blocks);
  let tap = at_tap.y;
  let ci = at_source.y * 8u;
  let chunk = at_block.x;
  let rows = params.batch * params.result_height;
  let begin = chunk * params.chunk_size;
  if (begin >= rows) {
    return;
  }
  let at_part = divide(at_block.y, part_blocks);
  let in_part = at_part.y * CHANNELS;
  let o = at_part.x * part_size + in_part;
  let c = o / params.group_result * params.group_source + ci;
  let o_count = min(CHANNELS, part_size - in_part);
  let c_count = min(8u, params.group_source - ci);
  let half = select(0, 1, o >= params.second_half);
  let dy = i32(tap / params.kernel_w * params.dilation) - params.pad_h + half;
  let dx = i32(tap % params.kernel_w * params.dilation) - params.pad_w + half;

  // plane offsets of the input channels; channels past the last repeat it
  let source_plane = params.source_height * params.source_width;
  let result_plane = params.result_height * params.result_width;
  let low_planes = min(vec4u(0u, 1u, 2u, 3u), vec4u(c_count - 1u)) * source_plane;
  let high_planes = min(vec4u(4u, 5u, 6u, 7u), vec4u(c_count - 1u)) * source_plane;
  var scale = mat2x4f();
  var shift = mat2x4f();
  for (var i = c_count; i > 0u; i--) {
    let a = scale_shift(c + i - 1u, params.source_channels);
    scale = preceded(scale, a.x);
    shift = preceded(shift, a.y);
  }

  var sums = Tile();
  for (var row = begin; row < min(begin + params.chunk_size, rows); row++) {
    let n = row / params.result_height;
    let oy = row % params.result_height;
    let iy = u32(i32(oy * params.up_h) + dy);
    let limit = select(0u, params.source_width, iy < params.source_height);
    let source_row = (n * params.source_channels + c) * source_plane +
      min(iy, params.source_height - 1u) * params.source_width;
    let result_row = (n * params.result_channels + o) * result_plane + oy * params.result_width;
    for (var ox = 0u; ox < params.result_width; ox++) {
      // a column left of the image is a large u32
      let ix = u32(i32(ox * params.up_w) + dx);
      let source = source_row + min(ix, params.source_width - 1u);
      let inside = ix < limit;
      let v = mat2x4f(
        load4(source + low_planes, scale[0], shift[0], inside),
        load4(source + high_planes, scale[1], shift[1], inside),
      );
      add_to(&sums, result_row + ox, result_plane, o_count - 1u, v);
    }
  }

  let weights = params.result_channels * params.group_source * taps;
  for (var k = 0u; k < o_count; k++) {
    let to = chunk * weights + ((o + k) * params.group_source + ci) * taps + tap;
    var sum = sums[k];
    for (var i = to; i < to + c_count * taps; i += taps) {
      partials[i] = sum[0].x + select(0.0, partials[i], params.accumulate != 0u);
      sum = shift8(sum, 0.0);
    }
  }
}
