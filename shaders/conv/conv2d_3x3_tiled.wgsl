// 3x3 convolution of stride 1 or 2 and padding 1, one group, rows of whole vec4s; of stride 1 also its gradient with
// respect to x, with the windows turned (lib/conv_params.wgsl).
// One workgroup: 4 BLOCKS result channels, a strip of ROWS result rows of one image; the pixels that they read and the
// weights are in workgroup memory, DEPTH source channels at a time. One invocation: 4 channels x 2 rows x 4 pixels, and
// every SLICES-th source channel of those in workgroup memory.
// Grid: (strips, images, blocks of channels), the first fastest. params.moments: also leaves the moments of every 64
// pixels, (C, chunks), for the batch norm that follows.
// For GPUs; software adapters: conv2d_3x3.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "conv/lib/result_tile.wgsl"
//#include "conv/lib/tile_moments.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> moments: array<vec2f>;

// Pixels of a column and vec4s of a row, of the source and of the result.
override HEIGHT: u32 = 32u;
override WIDTH: u32 = 8u;
override OUT_HEIGHT: u32 = 32u;
override OUT_WIDTH: u32 = 8u;
override STRIDE: u32 = 1u;
// An even number of result rows in a strip, and the source rows that they read: STRIDE (ROWS - 1) + 3.
override ROWS: u32 = 8u;
override IN_ROWS: u32 = 10u;
// Invocations: SLICES times OWNERS, which are BLOCKS times the LINES = OUT_WIDTH ROWS / 2 that a strip takes.
override BLOCKS: u32 = 5u;
override LINES: u32 = 32u;
override SLICES: u32 = 1u;
override OWNERS: u32 = 160u;
override INVOCATIONS: u32 = 160u;
// A multiple of SLICES.
override DEPTH: u32 = 4u;
// Distance of two source channels in workgroup memory, in vec4s.
override PITCH: u32 = 91u;

// Invocations that have the 64 pixels of a chunk.
const LANES = 8u;

// Most vec4s of pixels and of weights that an invocation loads at a time.
const LOADS = 10u;

// Pixels, (DEPTH, PITCH): rows of WIDTH vec4s behind a vec4 of zeros, which is also what lies right of the row before.
// Then weights, (DEPTH, 9 taps, BLOCKS) groups of 4 channels. Afterwards the sums of all slices but the first,
// 8 OWNERS of each, and moments, 2 INVOCATIONS.
override MEMORY: u32 = 544u;
var<workgroup> tile: array<vec4f, MEMORY>;

// Where the weights begin.
fn weights() -> u32 {
  return DEPTH * PITCH;
}

// What an invocation brings from memory while the sums over what was brought before are taken.
struct Loaded {
  weights: array<vec4f, LOADS>,
  pixels: array<vec4f, LOADS>,
}

fn weight_loads() -> u32 {
  return (DEPTH * 9u * BLOCKS + INVOCATIONS - 1u) / INVOCATIONS;
}

fn pixel_loads() -> u32 {
  return (DEPTH * IN_ROWS * WIDTH + INVOCATIONS - 1u) / INVOCATIONS;
}

// The source at a row that may lie outside of the image, where there are zeros.
fn load_pixels(image: u32, channel: u32, row: u32, column: u32) -> vec4f {
  let v = source[((image * SOURCES + channel) * HEIGHT + min(row, HEIGHT - 1u)) * WIDTH + column];
  return select(vec4f(), of_source(v, channel), row < HEIGHT);
}

// Every INVOCATIONS-th vec4 of what belongs to DEPTH source channels.
fn load(image: u32, first_row: u32, first_channel: u32, first_source: u32, local: u32) -> Loaded {
  var loaded: Loaded;
  for (var i = 0u; i < weight_loads(); i++) {
    let number = local + i * INVOCATIONS;
    let s = first_source + number / (9u * BLOCKS);
    let channel = first_channel + 4u * (number % BLOCKS);
    loaded.weights[i] = load_weights(channel, s, number / BLOCKS % 9u, 9u);
  }
  for (var i = 0u; i < pixel_loads(); i++) {
    let number = local + i * INVOCATIONS;
    let channel = min(first_source + number / (IN_ROWS * WIDTH), SOURCES - 1u);
    // the row above the image is a large u32
    let row = STRIDE * first_row + number / WIDTH % IN_ROWS - 1u;
    loaded.pixels[i] = load_pixels(image, channel, row, number % WIDTH);
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
  let first_row = ROWS * next_coordinate(&rest, (OUT_HEIGHT + ROWS - 1u) / ROWS);
  let image = next_coordinate(&rest, params.batch);
  let first_channel = 4u * BLOCKS * rest;
  if (first_channel >= RESULTS) {
    return;
  }
  let slice = local / OWNERS;
  let owner = local % OWNERS;
  let block = owner / LINES;
  let line = owner % LINES;
  let column = line % OUT_WIDTH;
  let row = line / OUT_WIDTH * 2u;

  // 4 channels, 4 pixels of the upper and of the lower row
  var upper: array<vec4f, 4>;
  var lower: array<vec4f, 4>;
  var next = load(image, first_row, first_channel, 0u, local);
  for (var first = 0u; first < SOURCES; first += DEPTH) {
    for (var i = 0u; i < weight_loads(); i++) {
      let number = local + i * INVOCATIONS;
      if ((DEPTH * 9u * BLOCKS) % INVOCATIONS == 0u || number < DEPTH * 9u * BLOCKS) {
        tile[weights() + number] = next.weights[i];
      }
    }
    for (var i = 0u; i < pixel_loads(); i++) {
      let number = local + i * INVOCATIONS;
      if ((DEPTH * IN_ROWS * WIDTH) % INVOCATIONS == 0u || number < DEPTH * IN_ROWS * WIDTH) {
        let to = number / (IN_ROWS * WIDTH) * PITCH + number / WIDTH % IN_ROWS * (WIDTH + 1u) + number % WIDTH + 1u;
        tile[to] = next.pixels[i];
      }
    }
    workgroupBarrier();
    next = load(image, first_row, first_channel, first + DEPTH, local);
    for (var t = 0u; t < DEPTH / SLICES; t++) {
      let s = t * SLICES + slice;
      let at = s * PITCH + STRIDE * row * (WIDTH + 1u) + STRIDE * column;
      for (var y = 0u; y < STRIDE + 3u; y++) {
        let p = at + y * (WIDTH + 1u);
        // pixels from one left of the first that the 4 windows are centred on
        let middle = tile[p + 1u];
        let right = tile[p + 2u];
        let v = array<f32, 9>(tile[p].w, middle.x, middle.y, middle.z, middle.w, right.x, right.y, right.z, right.w);
        for (var kx = 0u; kx < 3u; kx++) {
          let of_tap = vec4f(v[kx], v[kx + STRIDE], v[kx + 2u * STRIDE], v[kx + 3u * STRIDE]);
          if (y < 3u) {
            let w = tile[weights() + (s * 9u + 3u * y + kx) * BLOCKS + block];
            upper[0] += w.x * of_tap;
            upper[1] += w.y * of_tap;
            upper[2] += w.z * of_tap;
            upper[3] += w.w * of_tap;
          }
          if (y >= STRIDE) {
            let w = tile[weights() + (s * 9u + 3u * (y - STRIDE) + kx) * BLOCKS + block];
            lower[0] += w.x * of_tap;
            lower[1] += w.y * of_tap;
            lower[2] += w.z * of_tap;
            lower[3] += w.w * of_tap;
          }
        }
      }
    }
    workgroupBarrier();
  }

  if (SLICES > 1u) {
    if (slice > 0u) {
      for (var c = 0u; c < 4u; c++) {
        let to = ((slice - 1u) * 8u + c) * OWNERS + owner;
        tile[to] = upper[c];
        tile[to + 4u * OWNERS] = lower[c];
      }
    }
    workgroupBarrier();
    for (var giver = 0u; giver < SLICES - 1u; giver++) {
      for (var c = 0u; c < 4u; c++) {
        let given = (giver * 8u + c) * OWNERS + owner;
        upper[c] += tile[given];
        lower[c] += tile[given + 4u * OWNERS];
      }
    }
    workgroupBarrier();
  }

  if (TURNED == 0u && params.moments != 0u) {
    let plane = OUT_HEIGHT * OUT_WIDTH / 16u;
    leave_moments(
      local,
      vec4f(moments_of_8(upper[0], lower[0]), moments_of_8(upper[1], lower[1])),
      vec4f(moments_of_8(upper[2], lower[2]), moments_of_8(upper[3], lower[3])),
    );
    if (local < 4u * OWNERS / LANES) {
      let c = local % 4u;
      let first = local / 4u * LANES;
      let channel = first_channel + 4u * (first / LINES) + c;
      let chunk = first_row * OUT_WIDTH / 16u + first % LINES / LANES;
      if (channel < RESULTS && chunk < plane) {
        moments[(channel * params.batch + image) * plane + chunk] = chunk_moments(c, first, local);
      }
    }
  }
  if (slice > 0u) {
    return;
  }
  for (var c = 0u; c < 4u; c++) {
    let channel = first_channel + 4u * block + c;
    if (RESULTS % (4u * BLOCKS) == 0u || channel < RESULTS) {
      let to = ((image * RESULTS + channel) * OUT_HEIGHT + first_row + row) * OUT_WIDTH + column;
      if (first_row + row < OUT_HEIGHT) {
        store(to, channel, upper[c]);
      }
      if (first_row + row + 1u < OUT_HEIGHT) {
        store(to + OUT_WIDTH, channel, lower[c]);
      }
    }
  }
}
