// The result of a 1x1 convolution of stride 1, one group, planes of whole vec4s (conv/lib/result_tile.wgsl): a workgroup
// takes BLOCKS x QUADS invocations and so many vec4s of pixels, which may be of several images; an invocation 4 GROUPS
// result channels x 4 pixels, the weights being in workgroup memory. Workgroups: (tiles of pixels, blocks of channels),
// the first fastest. Needs `source` and `tile` as vec4f.
//#include "conv/lib/result_tile.wgsl"

// vec4s of a plane.
override PLANE: u32 = 256u;
// Groups of 4 result channels of an invocation, up to 3; invocations side by side along channels and along pixels, and
// those of a workgroup, of which the last ones may have nothing to do.
override GROUPS: u32 = 1u;
override BLOCKS: u32 = 5u;
override QUADS: u32 = 32u;
override INVOCATIONS: u32 = 160u;
// Source channels whose weights are in workgroup memory at a time, and those that are loaded at a time.
override DEPTH: u32 = 20u;
override AHEAD: u32 = 4u;

// 4 pixels of each channel
alias Sums = array<vec4f, 12>;

struct ResultPlace {
  // the first channel of the workgroup, and the block of channels of the invocation
  first_channel: u32,
  block: u32,
  // its vec4 of pixels, and whether it has one
  image: u32,
  quad: u32,
  exists: bool,
}

fn result_strips() -> u32 {
  return (params.batch * PLANE + QUADS - 1u) / QUADS;
}

fn result_place(strip: u32, first_channel: u32, local: u32) -> ResultPlace {
  let all_quads = params.batch * PLANE;
  let number = strip * QUADS + local % QUADS;
  // Past the last pixel the last one is taken, and not stored.
  let quad = min(number, all_quads - 1u);
  let block = min(local / QUADS, BLOCKS - 1u);
  let exists = number < all_quads && local < BLOCKS * QUADS;
  return ResultPlace(first_channel, block, quad / PLANE, quad % PLANE, exists);
}

fn sum_result(place: ResultPlace, local: u32, sums: ptr<function, Sums>) {
  let at = place.image * SOURCES * PLANE + place.quad;
  for (var first = 0u; first < SOURCES; first += DEPTH) {
    if (first > 0u) {
      workgroupBarrier();
    }
    for (var i = local; i < DEPTH * BLOCKS * GROUPS; i += INVOCATIONS) {
      let group = i / DEPTH;
      let channel = place.first_channel + 4u * group;
      tile[i % DEPTH * (BLOCKS * GROUPS) + group] = load_weights(channel, first + i % DEPTH, 0u, 1u);
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
          let w = tile[(s + k) * (BLOCKS * GROUPS) + place.block * GROUPS + i];
          sums[4u * i] += w.x * v[k];
          sums[4u * i + 1u] += w.y * v[k];
          sums[4u * i + 2u] += w.z * v[k];
          sums[4u * i + 3u] += w.w * v[k];
        }
      }
    }
  }
}

fn store_result(place: ResultPlace, sums: ptr<function, Sums>) {
  if (!place.exists) {
    return;
  }
  let to = place.image * RESULTS * PLANE + place.quad;
  for (var i = 0u; i < GROUPS; i++) {
    for (var c = 0u; c < 4u; c++) {
      let channel = place.first_channel + 4u * (GROUPS * place.block + i) + c;
      if (RESULTS % (4u * BLOCKS * GROUPS) == 0u || channel < RESULTS) {
        store(to + channel * PLANE, channel, sums[4u * i + c]);
      }
    }
  }
}
