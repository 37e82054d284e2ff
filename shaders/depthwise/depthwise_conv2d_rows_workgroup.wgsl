// Depthwise convolution of stride 1 with a window of up to 5x5 taps, 1 or 2 pixels apart, rows being multiples of 4
// pixels, of an x whose batch norm is pending and not yet combined: every workgroup combines the moments of the chunks
// of its channel, `chunk_size` of them, all equally large, and those of the first images store what follows.
// partials: (C, chunks) of mean and sum of squared deviations; affine: scale, then shift, and moments: mean, then
// 1 / deviation, C floats each.
// One workgroup: one channel of `chunk_images` images. One invocation: strips of 4 columns and ROWS rows (every second
// row, if dilated), top to bottom. Grid: (channels, chunks of images), the first fastest.
// For GPUs; software adapters: batch_norm_finalize.wgsl and depthwise_conv2d_rows.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "norm/lib/channel_statistics.wgsl"
//#include "depthwise/lib/workgroup_taps.wgsl"
//#include "depthwise/lib/lines.wgsl"
//#include "depthwise/lib/row_strips.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> partials: array<vec2f>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read_write> affine: array<f32>;
@group(0) @binding(5) var<storage, read_write> moments: array<f32>;
@group(0) @binding(6) var<storage, read_write> result: array<vec4f>;

// false: windows of up to 3x3 taps
override WIDE: bool = true;
// pixels from one tap to the next
override STEP: u32 = 1u;
// rows of a strip
override ROWS: u32 = 4u;
// of the batch norm
override EPS: f32 = 1e-5;

const LANES = 256u;

// scale and shift of the channel
var<private> of_channel: vec2f;

// As activate4 of lib/activation.wgsl, with which SwiftShader takes minutes to compile this kernel.
fn source_at(at: u32) -> vec4f {
  let z = x[at] * of_channel.x + of_channel.y;
  return select(z, max(z, vec4f()), params.relu != 0u);
}

// Of a channel, the same for all lanes.
fn combined(channel: u32, lane: u32) -> Statistics {
  let chunks = params.chunk_size;
  let begin = channel * chunks;
  let count = f32(params.batch * params.source_height * params.source_width);
  let chunk_count = count / f32(chunks);
  // near the mean first, and then what is left of it: no sum is much larger than what it is good for
  var means = 0.0;
  for (var i = lane; i < chunks; i += LANES) {
    means += partials[begin + i].x;
  }
  let near = sum_of_lanes(lane, vec4f(means, 0.0, 0.0, 0.0)).x / f32(chunks);
  var rests = vec2f();
  for (var i = lane; i < chunks; i += LANES) {
    let part = partials[begin + i];
    let deviation = chunk_count * (part.x - near);
    rests += vec2f(deviation, part.y + deviation * (part.x - near));
  }
  let all = sum_of_lanes(lane, vec4f(rests, 0.0, 0.0));
  return statistics(count, EPS, near, all.x, all.y);
}

@compute @workgroup_size(256)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  var rest = workgroup_index(workgroup, workgroups);
  let channel = next_coordinate(&rest, params.result_channels);
  let image_begin = params.chunk_images * rest;
  if (image_begin >= params.batch) {
    return;
  }
  let images = min(params.chunk_images, params.batch - image_begin);
  let found = combined(channel, lane);
  of_channel = affine_of(found);
  if (image_begin == 0u && lane == 0u) {
    affine[channel] = of_channel.x;
    affine[params.source_channels + channel] = of_channel.y;
    moments[channel] = found.mean;
    moments[params.source_channels + channel] = found.inverse;
  }
  let w = window_of(channel, lane);
  let size = vec2u(params.source_width / 4u, params.source_height);
  let quads = params.result_width / 4u;
  let strips = strips_of(params.result_height);

  for (var unit = lane; unit < images * strips * STEP * quads; unit += LANES) {
    let strip = strip_at(unit, quads, strips);
    let quad = strip.quad;
    let first = strip.first_row;
    let plane = (image_begin + strip.image) * params.result_channels + channel;
    // the rows of x that the window of a result row sees, from top to bottom
    var v0 = Line();
    var v1 = load_line(plane, first - STEP, quad, size);
    var v2 = load_line(plane, first, quad, size);
    var v3 = Line();
    var v4 = Line();
    if (WIDE) {
      v0 = load_line(plane, first - 2u * STEP, quad, size);
      v3 = load_line(plane, first + STEP, quad, size);
    }
    for (var i = 0u; i < ROWS; i++) {
      let row = first + i * STEP;
      var sum = vec4f();
      if (WIDE) {
        v4 = load_line(plane, row + 2u * STEP, quad, size);
        sum = add_forward(add_forward(sum, w.row0, v0), w.row4, v4);
      } else {
        v3 = load_line(plane, row + STEP, quad, size);
      }
      sum = add_forward(add_forward(add_forward(sum, w.row1, v1), w.row2, v2), w.row3, v3);
      if (row < params.result_height) {
        result[(plane * params.result_height + row) * quads + quad] = sum;
      }
      v0 = v1;
      v1 = v2;
      v2 = v3;
      v3 = v4;
    }
  }
}
