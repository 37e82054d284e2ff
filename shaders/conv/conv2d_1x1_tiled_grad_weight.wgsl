// Gradient of a 1x1 convolution of stride 1 with respect to its weight, one group, planes of whole vec4s: a matrix
// product of gradOutput with x over the pixels, in tiles that lie in workgroup memory; as partial sums over chunks of
// `chunk_size` vec4s of all images. partials: (chunks, O, C); sum_partials adds them up.
// One workgroup: OUTPUTS x INPUTS channels, one chunk. One invocation: SIDE x SIDE of them, and one of SLICES shares of
// the pixels in workgroup memory. Grid: (blocks of input channels, blocks of output channels, chunks), the first
// fastest.
// For GPUs; software adapters: conv2d_1x1_grad_weight.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

// Channels of x and of gradOutput, and vec4s of a plane.
override CHANNELS_IN: u32 = 20u;
override CHANNELS_OUT: u32 = 20u;
override PLANE: u32 = 256u;
// Whether x is loaded as it is, without batch norm or ReLU.
override PLAIN: u32 = 0u;
// Channels of a workgroup, of an invocation, and the workgroup's invocations: (OUTPUTS / SIDE) (INPUTS / SIDE) SLICES.
override OUTPUTS: u32 = 20u;
override INPUTS: u32 = 20u;
override SIDE: u32 = 5u;
override SLICES: u32 = 8u;
override INVOCATIONS: u32 = 128u;
// vec4s of each channel that are in workgroup memory at a time, and the distance of two channels there: one more, so
// that neighbouring channels lie in different banks.
override DEPTH: u32 = 16u;
override PITCH: u32 = 17u;

// Most vec4s of either tensor that an invocation loads at a time.
const LOADS = 8u;

var<workgroup> gradients: array<vec4f, OUTPUTS * PITCH>;
var<workgroup> pixels: array<vec4f, INPUTS * PITCH>;
// The slices' sums for one output channel of every invocation.
var<workgroup> slice_sums: array<f32, INVOCATIONS * SIDE>;

// What an invocation brings from memory while the sums of what was brought before are taken.
struct Loaded {
  gradients: array<vec4f, LOADS>,
  pixels: array<vec4f, LOADS>,
}

// Of a block's channel, the channel's number; those past the last repeat it, and their sums are not stored.
fn out_channel_of(first: u32, c: u32) -> u32 {
  return select(first + c, min(first + c, CHANNELS_OUT - 1u), CHANNELS_OUT % OUTPUTS != 0u);
}

fn in_channel_of(first: u32, c: u32) -> u32 {
  return select(first + c, min(first + c, CHANNELS_IN - 1u), CHANNELS_IN % INPUTS != 0u);
}

fn load_pixels(at: u32, channel: u32) -> vec4f {
  if (PLAIN != 0u) {
    return x[at];
  }
  return activate4(x[at], scale_shift(channel, CHANNELS_IN));
}

// The vec4 at `quad` of channels `row`, `row` + INVOCATIONS / DEPTH and so on. Past the end gradients are zero.
fn load(first_out: u32, first_in: u32, row: u32, quad: u32, end: u32) -> Loaded {
  let inside = min(quad, end - 1u);
  let image = inside / PLANE;
  let place = inside % PLANE;
  var loaded: Loaded;
  for (var i = 0u; i < (OUTPUTS * DEPTH + INVOCATIONS - 1u) / INVOCATIONS; i++) {
    let channel = out_channel_of(first_out, min(row + i * (INVOCATIONS / DEPTH), OUTPUTS - 1u));
    loaded.gradients[i] = select(vec4f(), grad_output[(image * CHANNELS_OUT + channel) * PLANE + place], quad < end);
  }
  for (var i = 0u; i < (INPUTS * DEPTH + INVOCATIONS - 1u) / INVOCATIONS; i++) {
    let channel = in_channel_of(first_in, min(row + i * (INVOCATIONS / DEPTH), INPUTS - 1u));
    loaded.pixels[i] = load_pixels((image * CHANNELS_IN + channel) * PLANE + place, channel);
  }
  return loaded;
}

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  var rest = workgroup_index(workgroup, workgroups);
  let first_in = INPUTS * next_coordinate(&rest, (CHANNELS_IN + INPUTS - 1u) / INPUTS);
  let first_out = OUTPUTS * next_coordinate(&rest, (CHANNELS_OUT + OUTPUTS - 1u) / OUTPUTS);
  let chunk = rest;
  let begin = chunk * params.chunk_size;
  let end = min(begin + params.chunk_size, params.batch * PLANE);
  if (begin >= end) {
    return;
  }

  let row = local / DEPTH;
  let column = local % DEPTH;
  let blocks = (OUTPUTS / SIDE) * (INPUTS / SIDE);
  let slice = local / blocks;
  let block = local % blocks;
  // Channels of an invocation lie apart, so that neighbouring invocations read neighbouring ones.
  let of_output = block / (INPUTS / SIDE);
  let of_input = block % (INPUTS / SIDE);
  var sums: array<array<f32, 5>, 5>;
  var next = load(first_out, first_in, row, begin + column, end);
  for (var step = begin; step < end; step += DEPTH) {
    for (var i = 0u; i < (OUTPUTS * DEPTH + INVOCATIONS - 1u) / INVOCATIONS; i++) {
      let c = row + i * (INVOCATIONS / DEPTH);
      if ((OUTPUTS * DEPTH) % INVOCATIONS == 0u || c < OUTPUTS) {
        gradients[c * PITCH + column] = next.gradients[i];
      }
    }
    for (var i = 0u; i < (INPUTS * DEPTH + INVOCATIONS - 1u) / INVOCATIONS; i++) {
      let c = row + i * (INVOCATIONS / DEPTH);
      if ((INPUTS * DEPTH) % INVOCATIONS == 0u || c < INPUTS) {
        pixels[c * PITCH + column] = next.pixels[i];
      }
    }
    workgroupBarrier();
    next = load(first_out, first_in, row, step + DEPTH + column, end);
    for (var t = 0u; t < DEPTH / SLICES; t++) {
      let q = t * SLICES + slice;
      var g: array<vec4f, 5>;
      for (var i = 0u; i < SIDE; i++) {
        g[i] = gradients[(of_output + i * (OUTPUTS / SIDE)) * PITCH + q];
      }
      for (var j = 0u; j < SIDE; j++) {
        let v = pixels[(of_input + j * (INPUTS / SIDE)) * PITCH + q];
        for (var i = 0u; i < SIDE; i++) {
          sums[i][j] += g[i].x * v.x;
          sums[i][j] += g[i].y * v.y;
          sums[i][j] += g[i].z * v.z;
          sums[i][j] += g[i].w * v.w;
        }
      }
    }
    workgroupBarrier();
  }

  for (var i = 0u; i < SIDE; i++) {
    for (var j = 0u; j < SIDE; j++) {
      slice_sums[(slice * SIDE + j) * blocks + block] = sums[i][j];
    }
    workgroupBarrier();
    for (var place = local; place < SIDE * blocks; place += INVOCATIONS) {
      let out = first_out + (place % blocks) / (INPUTS / SIDE) + i * (OUTPUTS / SIDE);
      let in = first_in + place % (INPUTS / SIDE) + (place / blocks) * (INPUTS / SIDE);
      if (out < CHANNELS_OUT && in < CHANNELS_IN) {
        var sum = 0.0;
        for (var s = 0u; s < SLICES; s++) {
          sum += slice_sums[s * SIDE * blocks + place];
        }
        let to = (chunk * CHANNELS_OUT + out) * CHANNELS_IN + in;
        partials[to] = sum + select(0.0, partials[to], params.accumulate != 0u);
      }
    }
    workgroupBarrier();
  }
}
