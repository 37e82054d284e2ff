// 3x3 convolution that keeps the image's size, one group, rows being multiples of 8 pixels; and its gradient with
// respect to x, which is the same with the windows turned (lib/conv_params.wgsl).
// One invocation: 4 result channels x 4 rows x 8 columns. Grid: (pieces of 8 columns, strips of 4 rows, images, blocks
// of 4 channels), the first fastest. params.moments: also leaves the moments of every two rows of a piece, (C, images,
// strips, pieces, 2), for the batch norm that follows.
// For software adapters; GPUs: conv2d_tiled.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "conv/lib/conv_rows.wgsl"
//#include "lib/conv_store.wgsl"
//#include "conv/lib/chunk_moments.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source4: array<vec4f>;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read> affine: array<f32>;
@group(0) @binding(5) var<storage, read> weight: array<f32>;
@group(0) @binding(6) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> moments: array<vec2f>;

// The source rows from one above a strip to one below it.
struct Patch {
  above: Row,
  v0: Row,
  v1: Row,
  v2: Row,
  v3: Row,
  below: Row,
}

// Sums of the 4 rows of one result channel.
struct Strip {
  r0: mat2x4f,
  r1: mat2x4f,
  r2: mat2x4f,
  r3: mat2x4f,
}

// fma: written with * and +, the same sums run slower on llvmpipe and compile slower on SwiftShader.
fn add_row(acc: mat2x4f, w: vec3f, v: Row) -> mat2x4f {
  let left = moved_left(v);
  let right = moved_right(v);
  return mat2x4f(
    fma(vec4f(w.z), right[0], fma(vec4f(w.y), v.piece[0], fma(vec4f(w.x), left[0], acc[0]))),
    fma(vec4f(w.z), right[1], fma(vec4f(w.y), v.piece[1], fma(vec4f(w.x), left[1], acc[1]))),
  );
}

fn add_window(acc: mat2x4f, w: mat3x3f, v0: Row, v1: Row, v2: Row) -> mat2x4f {
  return add_row(add_row(add_row(acc, w[0], v0), w[1], v1), w[2], v2);
}

fn weights(at: u32, step: u32) -> vec3f {
  return vec3f(weight[at], weight[at + step], weight[at + 2u * step]);
}

// One source channel, whose taps begin at `at`.
fn add_patch(acc: Strip, at: u32, step: u32, v: Patch) -> Strip {
  let w = mat3x3f(weights(at, step), weights(at + 3u * step, step), weights(at + 6u * step, step));
  return Strip(
    add_window(acc.r0, w, v.above, v.v0, v.v1),
    add_window(acc.r1, w, v.v0, v.v1, v.v2),
    add_window(acc.r2, w, v.v1, v.v2, v.v3),
    add_window(acc.r3, w, v.v2, v.v3, v.below),
  );
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row_quads = params.source_width / 4u;
  let pieces = row_quads / 2u;
  let strips = (params.source_height + 3u) / 4u;
  var rest = linear_id(id, workgroups, 64u);
  let piece = next_coordinate(&rest, pieces);
  let strip = next_coordinate(&rest, strips);
  let image = next_coordinate(&rest, params.batch);
  let first_channel = rest * 4u;
  if (first_channel >= params.result_channels) {
    return;
  }
  let quad = piece * 2u;
  let top = strip * 4u;

  // Channels past the last repeat it. Backward, taps come in reverse.
  let last = params.result_channels - 1u - first_channel;
  let step = select(1u, 0xffffffffu, backward());
  var w = first_channel * params.weight_result + select(0u, 8u, backward());

  // Loads are what costs, so the pixels of 6 rows and the taps of one pair of channels are loaded once and used for all
  // sums that need them. What repeats is in loops that no compiler unrolls: unrolled, llvmpipe would compile the kernel
  // for two seconds instead of one half.
  var acc0 = Strip();
  var acc1 = Strip();
  var acc2 = Strip();
  var acc3 = Strip();
  for (var s = 0u; s < params.source_channels; s++) {
    let a = source_scale_shift(s);
    let plane = (image * params.source_channels + s) * params.source_height;
    var v = Patch();
    for (var row = top - 1u; row != top + 5u; row += 2u) {
      let next = load_row(plane, row, quad, a);
      v = Patch(v.v1, v.v2, v.v3, v.below, next, load_row(plane, row + 1u, quad, a));
    }
    // The 4 channels in turn, each rotated through acc0: unrolled, they would compile four times as long.
    for (var k = 0u; k < 4u; k++) {
      let sums = add_patch(acc0, w + min(k, last) * params.weight_result, step, v);
      acc0 = acc1;
      acc1 = acc2;
      acc2 = acc3;
      acc3 = sums;
    }
    w += params.weight_source;
  }

  // One store in a loop that no compiler unrolls: each unrolled vec4 access costs llvmpipe a tenth of a second.
  let end = min(first_channel + 4u, params.result_channels);
  for (var channel = first_channel; channel < end; channel++) {
    let a = scale_shift(channel, params.result_channels);
    let plane = (image * params.result_channels + channel) * params.source_height;
    for (var once = 0u; once < params.moments; once++) {
      let chunk = 2u * (((channel * params.batch + image) * strips + strip) * pieces + piece);
      moments[chunk] = moments_of(mat4x4f(acc0.r0[0], acc0.r0[1], acc0.r1[0], acc0.r1[1]));
      moments[chunk + 1u] = moments_of(mat4x4f(acc0.r2[0], acc0.r2[1], acc0.r3[0], acc0.r3[1]));
    }
    for (var row = top; row < min(top + 4u, params.source_height); row++) {
      let at = (plane + row) * row_quads + quad;
      for (var q = at; q < at + 2u; q++) {
        store4(q, a, acc0.r0[0]);
        acc0.r0[0] = acc0.r0[1];
      }
      acc0 = Strip(acc0.r1, acc0.r2, acc0.r3, acc0.r0);
    }
    acc0 = acc1;
    acc1 = acc2;
    acc2 = acc3;
  }
}
