// Gradient of conv2d_1x1_stride2.wgsl with respect to the weight; as partial sums over chunks of `chunk_images` images
// x `chunk_size` vec4s of gradOutput's planes.
// partials: (image chunks, plane chunks, O, C); sum_partials adds them up.
// One invocation: 5 output channels x 4 input channels. Grid: (blocks of 4 input channels, blocks of 5 output
// channels of all parts, plane chunks, image chunks), the first fastest.
//#include "lib/linear.wgsl"
//#include "lib/divide.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

fn load4(at: u32, a: vec2f) -> vec4f {
  return activate4(vec4f(x[at], x[at + 2u], x[at + 4u], x[at + 6u]), a);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row_quads = params.result_width / 4u;
  let quads = params.result_height * row_quads;
  let plane_chunks = (quads + params.chunk_size - 1u) / params.chunk_size;
  let source_blocks = (params.source_channels + 3u) / 4u;
  // A part is a run of output channels that read the same source pixels.
  let part_size = min(params.result_channels, params.second_half);
  let part_blocks = (part_size + 4u) / 5u;
  let blocks = params.result_channels / part_size * part_blocks;
  let at_source = divide(linear_id(id, workgroups, 64u), source_blocks);
  let at_block = divide(at_source.x, blocks);
  let at_chunk = divide(at_block.x, plane_chunks);
  let c = at_source.y * 4u;
  let at_part = divide(at_block.y, part_blocks);
  let half = at_part.x;
  let o = half * part_size + at_part.y * 5u;
  let end = min(o + 5u, (half + 1u) * part_size);
  let chunk = at_block.x;
  let begin = at_chunk.x * params.chunk_images;
  if (begin >= params.batch) {
    return;
  }
  let quad = at_chunk.y * params.chunk_size;
  let quad_end = min(quad + params.chunk_size, quads);
  let c_last = params.source_channels - 1u - c;

  // plane offsets of the channels; channels past the last repeat it
  let source_plane = params.source_height * params.source_width;
  let c_planes = min(vec4u(0u, 1u, 2u, 3u), vec4u(c_last)) * source_plane;
  let o_planes = min(vec4u(1u, 2u, 3u, 4u), vec4u(end - 1u - o)) * quads;
  let a0 = scale_shift(c, params.source_channels);
  let a1 = scale_shift(c + min(1u, c_last), params.source_channels);
  let a2 = scale_shift(c + min(2u, c_last), params.source_channels);
  let a3 = scale_shift(c + min(3u, c_last), params.source_channels);

  // one component per input channel
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  var sum4 = vec4f();
  for (var n = begin; n < min(begin + params.chunk_images, params.batch); n++) {
    let result = (n * params.result_channels + o) * quads;
    var column = quad % row_quads;
    var pixel = (n * params.source_channels + c) * source_plane + half +
      (2u * (quad / row_quads) + half) * params.source_width + 8u * column;
    for (var q = quad; q < quad_end; q++) {
      // 4 pixels x 4 input channels
      let v = mat4x4f(
        load4(pixel, a0),
        load4(pixel + c_planes.y, a1),
        load4(pixel + c_planes.z, a2),
        load4(pixel + c_planes.w, a3),
      );
      // 8 columns further; after the last, past the row that this half does not read
      column++;
      let wraps = column == row_quads;
      pixel += select(8u, 8u + params.source_width, wraps);
      column = select(column, 0u, wraps);
      sum0 += grad_output[result + q] * v;
      sum1 += grad_output[result + q + o_planes.x] * v;
      sum2 += grad_output[result + q + o_planes.y] * v;
      sum3 += grad_output[result + q + o_planes.z] * v;
      sum4 += grad_output[result + q + o_planes.w] * v;
    }
  }

  for (var channel = o; channel < end; channel++) {
    let to = (chunk * params.result_channels + channel) * params.source_channels;
    for (var i = to + c; i < to + min(c + 4u, params.source_channels); i++) {
      partials[i] = sum0.x + select(0.0, partials[i], params.accumulate != 0u);
      sum0 = sum0.yzwx;
    }
    sum0 = sum1;
    sum1 = sum2;
    sum2 = sum3;
    sum3 = sum4;
  }
}
