// Gradient of a 3x3 convolution of stride 1 or 2 and padding 1 with respect to its weight, one group, rows of whole
// vec4s; by strips of ROWS output rows that lie in workgroup memory with the pixels that they read; as partial sums over
// chunks of `chunk_size` strips. partials: (chunks, O, C, 3, 3); sum_partials adds them up.
// One workgroup: OUTPUTS x INPUTS channels, one chunk. One invocation: all taps of SIDE output channels and one input
// channel, and one of SLICES shares of a strip's pixels. Grid: (blocks of input channels, blocks of output channels,
// chunks), the first fastest.
// For GPUs; software adapters: conv2d_3x3_grad_weight.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

override CHANNELS_IN: u32 = 20u;
override CHANNELS_OUT: u32 = 20u;
// Pixels of a column of x, and vec4s of a row of it; the same of gradOutput.
override HEIGHT: u32 = 32u;
override WIDTH: u32 = 8u;
override OUT_HEIGHT: u32 = 32u;
override OUT_WIDTH: u32 = 8u;
override STRIDE: u32 = 1u;
// Whether x is loaded as it is, without batch norm or ReLU.
override PLAIN: u32 = 0u;
// Rows of gradOutput in a strip, and the rows of x that they read: STRIDE (ROWS - 1) + 3.
override ROWS: u32 = 2u;
override IN_ROWS: u32 = 4u;
// Channels of a workgroup, output channels of an invocation, and the workgroup's invocations: (OUTPUTS / SIDE) SLICES
// INPUTS.
override OUTPUTS: u32 = 20u;
override INPUTS: u32 = 10u;
override SIDE: u32 = 5u;
override SLICES: u32 = 4u;
override INVOCATIONS: u32 = 160u;
// Distances of two channels in workgroup memory, in vec4s.
override GRADIENT_PITCH: u32 = 17u;
override PIXEL_PITCH: u32 = 37u;

// Most vec4s of either tensor that an invocation loads at a time.
const LOADS = 6u;

var<workgroup> gradients: array<vec4f, OUTPUTS * GRADIENT_PITCH>;
// Rows of WIDTH vec4s behind a vec4 of zeros, which is also what lies right of the row before.
var<workgroup> pixels: array<vec4f, INPUTS * PIXEL_PITCH>;
// The slices' sums for one tap of every invocation.
var<workgroup> slice_sums: array<f32, INVOCATIONS * SIDE>;

// What an invocation brings from memory while the sums of what was brought before are taken.
struct Loaded {
  gradients: array<vec4f, LOADS>,
  pixels: array<vec4f, LOADS>,
}

// A vec4 of a strip: its channel in the tile, row and column.
struct Place {
  channel: u32,
  row: u32,
  column: u32,
}

fn gradient_place(number: u32) -> Place {
  return Place(number / (ROWS * OUT_WIDTH), number / OUT_WIDTH % ROWS, number % OUT_WIDTH);
}

fn pixel_place(number: u32) -> Place {
  return Place(number / (IN_ROWS * WIDTH), number / WIDTH % IN_ROWS, number % WIDTH);
}

fn gradient_loads() -> u32 {
  return (OUTPUTS * ROWS * OUT_WIDTH + INVOCATIONS - 1u) / INVOCATIONS;
}

fn pixel_loads() -> u32 {
  return (INPUTS * IN_ROWS * WIDTH + INVOCATIONS - 1u) / INVOCATIONS;
}

// x at a row that may lie outside of the image, where there are zeros.
fn load_pixels(image: u32, channel: u32, row: u32, column: u32) -> vec4f {
  let v = x[((image * CHANNELS_IN + channel) * HEIGHT + min(row, HEIGHT - 1u)) * WIDTH + column];
  if (PLAIN != 0u) {
    return select(vec4f(), v, row < HEIGHT);
  }
  return select(vec4f(), activate4(v, scale_shift(channel, CHANNELS_IN)), row < HEIGHT);
}

// Every INVOCATIONS-th vec4 of a strip. Channels past the last repeat it, and their sums are not stored; rows past the
// last have gradient zero.
fn load(first_out: u32, first_in: u32, local: u32, strip: u32) -> Loaded {
  let strips = (OUT_HEIGHT + ROWS - 1u) / ROWS;
  let image = min(strip / strips, params.batch - 1u);
  let first_row = strip % strips * ROWS;
  var loaded: Loaded;
  for (var i = 0u; i < gradient_loads(); i++) {
    let place = gradient_place(local + i * INVOCATIONS);
    let channel = min(first_out + place.channel, CHANNELS_OUT - 1u);
    let row = first_row + place.row;
    let at = ((image * CHANNELS_OUT + channel) * OUT_HEIGHT + min(row, OUT_HEIGHT - 1u)) * OUT_WIDTH + place.column;
    loaded.gradients[i] = select(vec4f(), grad_output[at], row < OUT_HEIGHT);
  }
  for (var i = 0u; i < pixel_loads(); i++) {
    let place = pixel_place(local + i * INVOCATIONS);
    let channel = min(first_in + place.channel, CHANNELS_IN - 1u);
    // the row above the image is a large u32
    loaded.pixels[i] = load_pixels(image, channel, first_row * STRIDE + place.row - 1u, place.column);
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
  let end = min(begin + params.chunk_size, params.batch * ((OUT_HEIGHT + ROWS - 1u) / ROWS));
  if (begin >= end) {
    return;
  }

  let blocks = OUTPUTS / SIDE;
  let block = local % blocks;
  let slice = local / blocks % SLICES;
  let in = local / (blocks * SLICES);
  var sums: array<array<f32, 9>, 5>;
  var next = load(first_out, first_in, local, begin);
  for (var strip = begin; strip < end; strip++) {
    for (var i = 0u; i < gradient_loads(); i++) {
      let place = gradient_place(local + i * INVOCATIONS);
      if ((OUTPUTS * ROWS * OUT_WIDTH) % INVOCATIONS == 0u || place.channel < OUTPUTS) {
        gradients[place.channel * GRADIENT_PITCH + place.row * OUT_WIDTH + place.column] = next.gradients[i];
      }
    }
    for (var i = 0u; i < pixel_loads(); i++) {
      let place = pixel_place(local + i * INVOCATIONS);
      if ((INPUTS * IN_ROWS * WIDTH) % INVOCATIONS == 0u || place.channel < INPUTS) {
        pixels[place.channel * PIXEL_PITCH + place.row * (WIDTH + 1u) + place.column + 1u] = next.pixels[i];
      }
    }
    workgroupBarrier();
    next = load(first_out, first_in, local, strip + 1u);
    for (var t = 0u; t < (ROWS * OUT_WIDTH + SLICES - 1u) / SLICES; t++) {
      let q = t * SLICES + slice;
      if ((ROWS * OUT_WIDTH) % SLICES == 0u || q < ROWS * OUT_WIDTH) {
        var g: array<vec4f, 5>;
        for (var i = 0u; i < SIDE; i++) {
          g[i] = gradients[(block + i * blocks) * GRADIENT_PITCH + q];
        }
        let at = in * PIXEL_PITCH + q / OUT_WIDTH * STRIDE * (WIDTH + 1u) + q % OUT_WIDTH * STRIDE;
        for (var ky = 0u; ky < 3u; ky++) {
          let p = at + ky * (WIDTH + 1u);
          // pixels from one left of the first that the 4 windows are centred on
          let middle = pixels[p + 1u];
          let right = pixels[p + 2u];
          var v = array<f32, 9>(pixels[p].w, middle.x, middle.y, middle.z, middle.w, right.x, right.y, right.z, right.w);
          for (var kx = 0u; kx < 3u; kx++) {
            for (var i = 0u; i < SIDE; i++) {
              sums[i][3u * ky + kx] += g[i].x * v[kx];
              sums[i][3u * ky + kx] += g[i].y * v[kx + STRIDE];
              sums[i][3u * ky + kx] += g[i].z * v[kx + 2u * STRIDE];
              sums[i][3u * ky + kx] += g[i].w * v[kx + 3u * STRIDE];
            }
          }
        }
      }
    }
    workgroupBarrier();
  }

  let pairs = blocks * INPUTS;
  for (var tap = 0u; tap < 9u; tap++) {
    for (var i = 0u; i < SIDE; i++) {
      slice_sums[(slice * SIDE + i) * pairs + in * blocks + block] = sums[i][tap];
    }
    workgroupBarrier();
    for (var place = local; place < SIDE * pairs; place += INVOCATIONS) {
      let in_channel = first_in + place / blocks % INPUTS;
      let out_channel = first_out + place % blocks + place / pairs * blocks;
      if (out_channel < CHANNELS_OUT && in_channel < CHANNELS_IN) {
        var sum = 0.0;
        for (var s = 0u; s < SLICES; s++) {
          sum += slice_sums[s * SIDE * pairs + place];
        }
        let to = ((chunk * CHANNELS_OUT + out_channel) * CHANNELS_IN + in_channel) * 9u + tap;
        partials[to] = sum + select(0.0, partials[to], params.accumulate != 0u);
      }
    }
    workgroupBarrier();
  }
}
