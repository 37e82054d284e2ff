// Gradient of a convolution with respect to its weight, as partial sums over chunks of `chunk_size` output rows of
// all images. partials: (chunks, O, C / groups, KH, KW); sum_partials adds them up.
// One invocation: one tap of 8 output channels x 4 input channels, one chunk.
// Grid: (taps, blocks of 4 input channels, blocks of 8 output channels of all parts, chunks), the first fastest.
//#include "lib/linear.wgsl"
//#include "lib/divide.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

// Sums of 8 output channels.
struct Sums {
  low: vec4f,
  high: vec4f,
}

fn add(sums: Sums, g: Sums, v: f32) -> Sums {
  return Sums(fma(g.low, vec4f(v), sums.low), fma(g.high, vec4f(v), sums.high));
}

fn load(at: u32, a: vec2f, inside: bool) -> f32 {
  return select(0.0, activate(x[at], a), inside);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let taps = params.kernel_h * params.kernel_w;
  // A part is a run of output channels that read the same source pixels.
  let part_size = min(params.group_result, params.second_half);
  let part_blocks = (part_size + 7u) / 8u;
  let blocks = params.result_channels / part_size * part_blocks;
  let source_blocks = (params.group_source + 3u) / 4u;
  let at_tap = divide(linear_id(id, workgroups, 64u), taps);
  let at_source = divide(at_tap.x, source_blocks);
  let at_block = divide(at_source.x, blocks);
  let tap = at_tap.y;
  let ci = at_source.y * 4u;
  let chunk = at_block.x;
  let rows = params.batch * params.result_height;
  let begin = chunk * params.chunk_size;
  if (begin >= rows) {
    return;
  }
  let at_part = divide(at_block.y, part_blocks);
  let in_part = at_part.y * 8u;
  let o = at_part.x * part_size + in_part;
  let c = o / params.group_result * params.group_source + ci;
  let o_count = min(8u, part_size - in_part);
  let c_count = min(4u, params.group_source - ci);
  let half = select(0, 1, o >= params.second_half);
  let dy = i32(tap / params.kernel_w * params.dilation) - params.pad_h + half;
  let dx = i32(tap % params.kernel_w * params.dilation) - params.pad_w + half;

  // plane offsets of the channels; channels past the last repeat it
  let source_plane = params.source_height * params.source_width;
  let result_plane = params.result_height * params.result_width;
  let c_planes = min(vec4u(0u, 1u, 2u, 3u), vec4u(c_count - 1u)) * source_plane;
  let o_planes = min(vec4u(0u, 1u, 2u, 3u), vec4u(o_count - 1u)) * result_plane;
  let p_planes = min(vec4u(4u, 5u, 6u, 7u), vec4u(o_count - 1u)) * result_plane;
  let a0 = scale_shift(c, params.source_channels);
  let a1 = scale_shift(c + min(1u, c_count - 1u), params.source_channels);
  let a2 = scale_shift(c + min(2u, c_count - 1u), params.source_channels);
  let a3 = scale_shift(c + min(3u, c_count - 1u), params.source_channels);

  var sums0 = Sums();
  var sums1 = Sums();
  var sums2 = Sums();
  var sums3 = Sums();
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
      let at = result_row + ox;
      let g = Sums(
        vec4f(
          grad_output[at],
          grad_output[at + o_planes.y],
          grad_output[at + o_planes.z],
          grad_output[at + o_planes.w],
        ),
        vec4f(
          grad_output[at + p_planes.x],
          grad_output[at + p_planes.y],
          grad_output[at + p_planes.z],
          grad_output[at + p_planes.w],
        ),
      );
      sums0 = add(sums0, g, load(source, a0, inside));
      sums1 = add(sums1, g, load(source + c_planes.y, a1, inside));
      sums2 = add(sums2, g, load(source + c_planes.z, a2, inside));
      sums3 = add(sums3, g, load(source + c_planes.w, a3, inside));
    }
  }

  let weights = params.result_channels * params.group_source * taps;
  for (var source_channel = ci; source_channel < ci + c_count; source_channel++) {
    for (var channel = o; channel < o + o_count; channel++) {
      let to = chunk * weights + (channel * params.group_source + source_channel) * taps + tap;
      partials[to] = sums0.low.x + select(0.0, partials[to], params.accumulate != 0u);
      sums0 = Sums(vec4f(sums0.low.yzw, sums0.high.x), vec4f(sums0.high.yzw, 0.0));
    }
    sums0 = sums1;
    sums1 = sums2;
    sums2 = sums3;
  }
}
