// 1x1 convolution of stride 1, one group, planes of whole vec4s, as conv2d_1x1.wgsl, and its gradient with respect to x.
// One workgroup: BLOCKS x QUADS invocations, and so many vec4s of pixels, which may be of several images. One
// invocation: 4 GROUPS result channels x 4 pixels, the weights being in workgroup memory. Grid: (tiles of pixels, blocks
// of channels), the first fastest. params.moments: also leaves the moments of every 64 pixels, (C, chunks), for the
// batch norm that follows.
// For GPUs; software adapters: conv2d_1x1.wgsl.
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

// vec4s of a plane.
override PLANE: u32 = 256u;
// Groups of 4 result channels of an invocation, up to 3; invocations side by side along channels and along pixels.
override GROUPS: u32 = 1u;
override BLOCKS: u32 = 5u;
override QUADS: u32 = 32u;
override INVOCATIONS: u32 = 160u;
// Source channels whose weights are in workgroup memory at a time, and those that are loaded at a time.
override DEPTH: u32 = 20u;
override AHEAD: u32 = 4u;

// Invocations that have the 64 pixels of a chunk.
const LANES = 16u;

// Weights: (DEPTH, BLOCKS, GROUPS) groups of 4 channels. Then, moments: 2 INVOCATIONS.
override MEMORY: u32 = 320u;
var<workgroup> tile: array<vec4f, MEMORY>;

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let all_quads = params.batch * PLANE;
  var rest = workgroup_index(workgroup, workgroups);
  let strip = next_coordinate(&rest, (all_quads + QUADS - 1u) / QUADS);
  let first_channel = 4u * BLOCKS * GROUPS * rest;
  if (first_channel >= RESULTS) {
    return;
  }
  let block = local / QUADS;
  let number = strip * QUADS + local % QUADS;
  // Past the last pixel the last one is taken, and not stored.
  let quad = min(number, all_quads - 1u);
  let image = quad / PLANE;
  let at = image * SOURCES * PLANE + quad % PLANE;

  // 4 pixels of each channel
  var sums: array<vec4f, 12>;
  for (var first = 0u; first < SOURCES; first += DEPTH) {
    if (first > 0u) {
      workgroupBarrier();
    }
    for (var i = local; i < DEPTH * BLOCKS * GROUPS; i += INVOCATIONS) {
      let group = i / DEPTH;
      tile[i % DEPTH * (BLOCKS * GROUPS) + group] = load_weights(first_channel + 4u * group, first + i % DEPTH, 0u, 1u);
    }
    workgroupBarrier();
    for (var s = 0u; s < min(DEPTH, SOURCES - first); s += AHEAD) {
      var v: array<vec4f, 10>;
      for (var k = 0u; k < AHEAD; k++) {
        let channel = min(first + s + k, SOURCES - 1u);
        v[k] = of_source(source[at + channel * PLANE], channel);
      }
      for (var k = 0u; k < AHEAD; k++) {
        for (var i = 0u; i < GROUPS; i++) {
          let w = tile[(s + k) * (BLOCKS * GROUPS) + block * GROUPS + i];
          sums[4u * i] += w.x * v[k];
          sums[4u * i + 1u] += w.y * v[k];
          sums[4u * i + 2u] += w.z * v[k];
          sums[4u * i + 3u] += w.w * v[k];
        }
      }
    }
  }

  let own_channel = first_channel + 4u * GROUPS * block;
  if (TURNED == 0u && params.moments != 0u) {
    let chunks = all_quads / LANES;
    for (var i = 0u; i < GROUPS; i++) {
      workgroupBarrier();
      leave_moments(
        local,
        vec4f(moments_of_4(sums[4u * i]), moments_of_4(sums[4u * i + 1u])),
        vec4f(moments_of_4(sums[4u * i + 2u]), moments_of_4(sums[4u * i + 3u])),
      );
      if (local < 4u * INVOCATIONS / LANES) {
        let c = local % 4u;
        let first = local / 4u * LANES;
        let channel = first_channel + 4u * (GROUPS * (first / QUADS) + i) + c;
        let chunk = (strip * QUADS + first % QUADS) / LANES;
        if (channel < RESULTS && chunk < chunks) {
          moments[channel * chunks + chunk] = chunk_moments(c, first, local);
        }
      }
    }
  }
  if (number < all_quads) {
    let to = image * RESULTS * PLANE + quad % PLANE;
    for (var i = 0u; i < GROUPS; i++) {
      for (var c = 0u; c < 4u; c++) {
        let channel = own_channel + 4u * i + c;
        if (RESULTS % (4u * BLOCKS * GROUPS) == 0u || channel < RESULTS) {
          store(to + channel * PLANE, channel, sums[4u * i + c]);
        }
      }
    }
  }
}
