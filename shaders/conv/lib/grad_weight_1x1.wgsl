// The gradient of a 1x1 convolution of stride 1 with respect to its weight, one group, planes of whole vec4s: a matrix
// product of gradOutput with x over the pixels, in tiles that lie in workgroup memory; as partial sums over chunks of
// `chunk_size` vec4s of all images. partials: (chunks, O, C); sum_partials adds them up.
// A workgroup takes OUTPUTS x INPUTS channels, one chunk; an invocation SIDE x SIDE of them, and one of SLICES shares of
// the pixels in workgroup memory. Workgroups: (blocks of input channels, blocks of output channels, chunks), the first
// fastest. Needs `source`, which is gradOutput, `x` and `tile` as vec4f, `affine`, `partials`, lib/activation.wgsl, and
// SOURCES and RESULTS, the channels of gradOutput and of x.

// Whether x is loaded as it is, without batch norm or ReLU.
override PLAIN: u32 = 0u;
// Channels of a workgroup and of an invocation. INVOCATIONS is (OUTPUTS / SIDE) (INPUTS / SIDE) SLICES.
override OUTPUTS: u32 = 20u;
override INPUTS: u32 = 20u;
override SIDE: u32 = 5u;
override SLICES: u32 = 8u;
// vec4s of each channel that are in workgroup memory at a time. Two channels are one more apart there, so that
// neighbouring ones lie in different banks.
override SPAN: u32 = 16u;

// Most vec4s of either tensor that an invocation loads at a time.
const LOADS = 8u;

// The slices' sums for one output channel of every invocation.
var<workgroup> slice_sums: array<f32, INVOCATIONS * SIDE>;

// What an invocation brings from memory while the sums of what was brought before are taken.
struct Loaded {
  gradients: array<vec4f, LOADS>,
  pixels: array<vec4f, LOADS>,
}

// Of a block's channel, the channel's number; those past the last repeat it, and their sums are not stored.
fn out_channel_of(first: u32, c: u32) -> u32 {
  return select(first + c, min(first + c, SOURCES - 1u), SOURCES % OUTPUTS != 0u);
}

fn in_channel_of(first: u32, c: u32) -> u32 {
  return select(first + c, min(first + c, RESULTS - 1u), RESULTS % INPUTS != 0u);
}

fn load_pixels(at: u32, channel: u32) -> vec4f {
  if (PLAIN != 0u) {
    return x[at];
  }
  return activate4(x[at], scale_shift(channel, RESULTS));
}

// The vec4 at `quad` of channels `row`, `row` + INVOCATIONS / SPAN and so on. Past the end gradients are zero.
fn load_span(first_out: u32, first_in: u32, row: u32, quad: u32, end: u32) -> Loaded {
  let inside = min(quad, end - 1u);
  let image = inside / PLANE;
  let place = inside % PLANE;
  var loaded: Loaded;
  for (var i = 0u; i < (OUTPUTS * SPAN + INVOCATIONS - 1u) / INVOCATIONS; i++) {
    let channel = out_channel_of(first_out, min(row + i * (INVOCATIONS / SPAN), OUTPUTS - 1u));
    loaded.gradients[i] = select(vec4f(), source[(image * SOURCES + channel) * PLANE + place], quad < end);
  }
  for (var i = 0u; i < (INPUTS * SPAN + INVOCATIONS - 1u) / INVOCATIONS; i++) {
    let channel = in_channel_of(first_in, min(row + i * (INVOCATIONS / SPAN), INPUTS - 1u));
    loaded.pixels[i] = load_pixels((image * RESULTS + channel) * PLANE + place, channel);
  }
  return loaded;
}

fn weight_gradient(workgroup: u32, local: u32) {
  var rest = workgroup;
  let first_in = INPUTS * next_coordinate(&rest, (RESULTS + INPUTS - 1u) / INPUTS);
  let first_out = OUTPUTS * next_coordinate(&rest, (SOURCES + OUTPUTS - 1u) / OUTPUTS);
  let chunk = rest;
  let begin = chunk * params.chunk_size;
  let end = min(begin + params.chunk_size, params.batch * PLANE);
  if (begin >= end) {
    return;
  }

  let row = local / SPAN;
  let column = local % SPAN;
  let blocks = (OUTPUTS / SIDE) * (INPUTS / SIDE);
  let slice = local / blocks;
  let block = local % blocks;
  // Channels of an invocation lie apart, so that neighbouring invocations read neighbouring ones.
  let of_output = block / (INPUTS / SIDE);
  let of_input = block % (INPUTS / SIDE);
  var sums: array<array<f32, 5>, 5>;
  var next = load_span(first_out, first_in, row, begin + column, end);
  for (var step = begin; step < end; step += SPAN) {
    for (var i = 0u; i < (OUTPUTS * SPAN + INVOCATIONS - 1u) / INVOCATIONS; i++) {
      let c = row + i * (INVOCATIONS / SPAN);
      if ((OUTPUTS * SPAN) % INVOCATIONS == 0u || c < OUTPUTS) {
        tile[c * (SPAN + 1u) + column] = next.gradients[i];
      }
    }
    for (var i = 0u; i < (INPUTS * SPAN + INVOCATIONS - 1u) / INVOCATIONS; i++) {
      let c = row + i * (INVOCATIONS / SPAN);
      if ((INPUTS * SPAN) % INVOCATIONS == 0u || c < INPUTS) {
        tile[(OUTPUTS + c) * (SPAN + 1u) + column] = next.pixels[i];
      }
    }
    workgroupBarrier();
    next = load_span(first_out, first_in, row, step + SPAN + column, end);
    for (var t = 0u; t < SPAN / SLICES; t++) {
      let q = t * SLICES + slice;
      var g: array<vec4f, 5>;
      for (var i = 0u; i < SIDE; i++) {
        g[i] = tile[(of_output + i * (OUTPUTS / SIDE)) * (SPAN + 1u) + q];
      }
      for (var j = 0u; j < SIDE; j++) {
        let v = tile[(OUTPUTS + of_input + j * (INPUTS / SIDE)) * (SPAN + 1u) + q];
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
      if (out < SOURCES && in < RESULTS) {
        var sum = 0.0;
        for (var s = 0u; s < SLICES; s++) {
          sum += slice_sums[s * SIDE * blocks + place];
        }
        let to = (chunk * SOURCES + out) * RESULTS + in;
        partials[to] = sum + select(0.0, partials[to], params.accumulate != 0u);
      }
    }
    workgroupBarrier();
  }
}
