// Gradient of a convolution with respect to its weight, as conv2d_grad_weight.wgsl: for every tap a matrix product of
// gradOutput with the pixels that the tap reads, in tiles that lie in workgroup memory; as partial sums over chunks of
// `chunk_size` output pixels of all images. partials: (chunks, O, C / groups, KH, KW); sum_partials adds them up.
// One workgroup: one tap of TILE output channels x TILE input channels, one chunk. One invocation: 4 x 4 channels.
// Grid: (taps, blocks of a group's input channels, of its output channels, groups, chunks), the first fastest.
// For GPUs; software adapters: conv2d_grad_weight.wgsl.
//#include "lib/grid.wgsl"
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
  var rest = workgroup_index(workgroup, workgroups);
  let tap = next_coordinate(&rest, taps);
  let in_of_group = TILE * next_coordinate(&rest, (params.group_source + TILE - 1u) / TILE);
  let out_of_group = TILE * next_coordinate(&rest, (params.group_result + TILE - 1u) / TILE);
  let group = next_coordinate(&rest, params.result_channels / params.group_result);
  let chunk = rest;
  let source_plane = params.source_height * params.source_width;
  let result_plane = params.result_height * params.result_width;
  let begin = chunk * params.chunk_size;
  let end = min(begin + params.chunk_size, params.batch * result_plane);
  if (begin >= end) {
    return;
  }
  let in_channel = group * params.group_step + in_of_group;
  let out_channel = group * params.group_result + out_of_group;
  let in_channels = min(TILE, params.group_source - in_of_group);
  let out_channels = min(TILE, params.group_result - out_of_group);
  let group_shift = i32(group) * params.group_shift;
  let dy = i32(tap / params.kernel_w * params.dilation) - params.pad_h + group_shift;
  let dx = i32(tap % params.kernel_w * params.dilation) - params.pad_w + group_shift;

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
    var image = pixel;
    let result_pixel = next_coordinate(&image, result_plane);
    var row = result_pixel;
    let column = next_coordinate(&row, params.result_width);
    // a row above the image is a large u32
    let iy = u32(i32(row * params.up_h) + dy);
    let ix = u32(i32(column * params.up_w) + dx);
    let inside = iy < params.source_height && ix < params.source_width;
    let at = (image * params.source_channels + in_channel) * source_plane +
      select(0u, iy * params.source_width + ix, inside);
    let to = (image * params.result_channels + out_channel) * result_plane + result_pixel;
    for (var q = local / DEPTH; q < TILE / 4u; q += INVOCATIONS / DEPTH) {
      let of_quad = 4u * q + vec4u(0u, 1u, 2u, 3u);
      let outputs = to + min(of_quad, vec4u(out_channels - 1u)) * result_plane;
      let g = vec4f(
        grad_output[outputs.x],
        grad_output[outputs.y],
        grad_output[outputs.z],
        grad_output[outputs.w],
      );
      gradients[k * (TILE / 4u) + q] = select(vec4f(), g, step + k < end);
      let inputs = min(of_quad, vec4u(in_channels - 1u));
      pixels[k * (TILE / 4u) + q] = vec4f(
        load(at + inputs.x * source_plane, in_channel + inputs.x, inside),
        load(at + inputs.y * source_plane, in_channel + inputs.y, inside),
        load(at + inputs.z * source_plane, in_channel + inputs.z, inside),
        load(at + inputs.w * source_plane, in_channel + inputs.w, inside),
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
  for (var i = 4u * of_output; i < min(4u * of_output + 4u, out_channels); i++) {
    for (var j = 0u; j < 4u; j++) {
      let in_of_tile = 4u * of_input + j;
      if (in_of_tile < in_channels) {
        let pair = (out_channel + i) * params.group_source + in_of_group + in_of_tile;
        let at = chunk * all_weights + pair * taps + tap;
        partials[at] = acc0[j] + select(0.0, partials[at], params.accumulate != 0u);
      }
    }
    acc0 = acc1;
    acc1 = acc2;
    acc2 = acc3;
  }
}
