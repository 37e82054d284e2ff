// Gradient of a convolution with respect to its weight, as conv2d_grad_weight.wgsl, for GPUs: for every tap a matrix
// product of gradOutput with the pixels that the tap reads, in tiles that lie in workgroup memory; as partial sums over
// chunks of `chunk_size` output pixels of all images. partials: (chunks, O, C / groups, KH, KW); sum_partials adds
// them up.
// One workgroup: one tap of TILE output channels x TILE input channels, one chunk. One invocation: 4 x 4 channels.
// Grid: (taps, blocks of input channels, blocks of output channels of all parts, chunks), the first fastest.
//#include "lib/divide.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

// Channels of either kind of a workgroup, and its invocations: (TILE / 4)^2.
override TILE: u32 = 64u;
override INVOCATIONS: u32 = 256u;

// Pixels that are in workgroup memory at a time.
const DEPTH = 16u;

// (DEPTH, TILE / 4) groups of 4 channels
var<workgroup> gradients: array<vec4f, DEPTH * TILE / 4u>;
var<workgroup> pixels: array<vec4f, DEPTH * TILE / 4u>;

// A pixel of x; zero outside of the image.
fn load(at: u32, channel: u32, inside: bool) -> f32 {
  return select(0.0, activate(x[at], scale_shift(channel, params.source_channels)), inside);
}

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let taps = params.kernel_h * params.kernel_w;
  // A part is a run of output channels that read the same source pixels.
  let part_size = min(params.group_result, params.second_half);
  let part_blocks = (part_size + TILE - 1u) / TILE;
  let source_blocks = (params.group_source + TILE - 1u) / TILE;
  let at_tap = divide(workgroup.x + workgroup.y * workgroups.x, taps);
  let at_source = divide(at_tap.x, source_blocks);
  let at_block = divide(at_source.x, part_blocks);
  let at_part = divide(at_block.x, params.result_channels / part_size);
  let tap = at_tap.y;
  let source_plane = params.source_height * params.source_width;
  let result_plane = params.result_height * params.result_width;
  let chunk = at_part.x;
  let begin = chunk * params.chunk_size;
  let end = min(begin + params.chunk_size, params.batch * result_plane);
  if (begin >= end) {
    return;
  }
  // output channels o .. o + o_count - 1, input channels c .. c + c_count - 1, the first of them ci in its group
  let in_part = at_block.y * TILE;
  let o = at_part.y * part_size + in_part;
  let o_count = min(TILE, part_size - in_part);
  let ci = at_source.y * TILE;
  let c = o / params.group_result * params.group_source + ci;
  let c_count = min(TILE, params.group_source - ci);
  let half = select(0, 1, o >= params.second_half);
  let dy = i32(tap / params.kernel_w * params.dilation) - params.pad_h + half;
  let dx = i32(tap % params.kernel_w * params.dilation) - params.pad_w + half;

  // one component per input channel
  var acc0 = vec4f();
  var acc1 = vec4f();
  var acc2 = vec4f();
  var acc3 = vec4f();
  let k = local % DEPTH;
  let of_output = local / (TILE / 4u);
  let of_input = local % (TILE / 4u);
  for (var step = begin; step < end; step += DEPTH) {
    // This invocation loads one pixel of several channels. Past the last channel it loads the last one, whose sums are
    // not stored; past the last pixel the gradient is zero.
    let pixel = min(step + k, end - 1u);
    let at_image = divide(pixel, result_plane);
    let at_row = divide(at_image.y, params.result_width);
    // a row above the image is a large u32
    let iy = u32(i32(at_row.x * params.up_h) + dy);
    let ix = u32(i32(at_row.y * params.up_w) + dx);
    let inside = iy < params.source_height && ix < params.source_width;
    let at = (at_image.x * params.source_channels + c) * source_plane +
      select(0u, iy * params.source_width + ix, inside);
    let to = (at_image.x * params.result_channels + o) * result_plane + at_image.y;
    for (var q = local / DEPTH; q < TILE / 4u; q += INVOCATIONS / DEPTH) {
      let of_quad = 4u * q + vec4u(0u, 1u, 2u, 3u);
      let outputs = to + min(of_quad, vec4u(o_count - 1u)) * result_plane;
      let g = vec4f(
        grad_output[outputs.x],
        grad_output[outputs.y],
        grad_output[outputs.z],
        grad_output[outputs.w],
      );
      gradients[k * (TILE / 4u) + q] = select(vec4f(), g, step + k < end);
      let inputs = min(of_quad, vec4u(c_count - 1u));
      pixels[k * (TILE / 4u) + q] = vec4f(
        load(at + inputs.x * source_plane, c + inputs.x, inside),
        load(at + inputs.y * source_plane, c + inputs.y, inside),
        load(at + inputs.z * source_plane, c + inputs.z, inside),
        load(at + inputs.w * source_plane, c + inputs.w, inside),
      );
    }
    workgroupBarrier();
    for (var i = 0u; i < DEPTH; i++) {
      let g = gradients[i * (TILE / 4u) + of_output];
      let v = pixels[i * (TILE / 4u) + of_input];
      acc0 += g.x * v;
      acc1 += g.y * v;
      acc2 += g.z * v;
      acc3 += g.w * v;
    }
    workgroupBarrier();
  }

  let all_weights = params.result_channels * params.group_source * taps;
  for (var i = 4u * of_output; i < min(4u * of_output + 4u, o_count); i++) {
    for (var j = 0u; j < 4u; j++) {
      if (4u * of_input + j < c_count) {
        let at = chunk * all_weights + ((o + i) * params.group_source + ci + 4u * of_input + j) * taps + tap;
        partials[at] = acc0[j] + select(0.0, partials[at], params.accumulate != 0u);
      }
    }
    acc0 = acc1;
    acc1 = acc2;
    acc2 = acc3;
  }
}
