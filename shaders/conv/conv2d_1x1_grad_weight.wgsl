// Gradient of a 1x1 convolution of stride 1 with respect to its weight, one group, planes of whole vec4s; as partial
// sums over chunks of `chunk_images` images x `chunk_size` vec4s of their planes.
// partials: (image chunks, plane chunks, O, C); sum_partials adds them up.
// One invocation: CHANNELS output channels x 4 input channels. Grid: (blocks of 4 input channels, blocks of output
// channels, plane chunks, image chunks), the first fastest.
// For software adapters; GPUs: conv2d_tiled_grad_weight.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "lib/channel_tile.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

alias Sums = vec4f;
alias Factor = vec4f;
alias Values = mat4x4f;

fn factor(at: u32) -> vec4f {
  return grad_output[at];
}

// 4 pixels of one output channel with those of 4 input channels.
fn multiply_add(sums: vec4f, g: vec4f, v: mat4x4f) -> vec4f {
  return sums + g * v;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quads = params.source_height * params.source_width / 4u;
  let plane_chunks = (quads + params.chunk_size - 1u) / params.chunk_size;
  let source_blocks = (params.source_channels + 3u) / 4u;
  let blocks = (params.result_channels + CHANNELS - 1u) / CHANNELS;
  var rest = linear_id(id, workgroups, 64u);
  let in_channel = 4u * next_coordinate(&rest, source_blocks);
  let out_channel = CHANNELS * next_coordinate(&rest, blocks);
  let chunk = rest;
  let quad_begin = params.chunk_size * next_coordinate(&rest, plane_chunks);
  let image_begin = params.chunk_images * rest;
  if (image_begin >= params.batch) {
    return;
  }
  let image_end = min(image_begin + params.chunk_images, params.batch);
  let quad_end = min(quad_begin + params.chunk_size, quads);
  let out_channels = min(CHANNELS, params.result_channels - out_channel);

  // plane offsets of the input channels; channels past the last repeat it
  let last = params.source_channels - 1u - in_channel;
  let in_planes = min(vec4u(0u, 1u, 2u, 3u), vec4u(last)) * quads;
  let a0 = scale_shift(in_channel, params.source_channels);
  let a1 = scale_shift(in_channel + min(1u, last), params.source_channels);
  let a2 = scale_shift(in_channel + min(2u, last), params.source_channels);
  let a3 = scale_shift(in_channel + min(3u, last), params.source_channels);

  // one component per input channel
  var sums = Tile();
  for (var image = image_begin; image < image_end; image++) {
    let source = (image * params.source_channels + in_channel) * quads;
    let result = (image * params.result_channels + out_channel) * quads;
    for (var q = quad_begin; q < quad_end; q++) {
      // 4 pixels x 4 input channels
      let v = mat4x4f(
        activate4(x[source + q], a0),
        activate4(x[source + q + in_planes.y], a1),
        activate4(x[source + q + in_planes.z], a2),
        activate4(x[source + q + in_planes.w], a3),
      );
      add_to(&sums, result + q, quads, out_channels - 1u, v);
    }
  }

  for (var k = 0u; k < out_channels; k++) {
    let to = (chunk * params.result_channels + out_channel + k) * params.source_channels;
    var sum = sums[k];
    for (var i = to + in_channel; i < to + min(in_channel + 4u, params.source_channels); i++) {
      partials[i] = sum.x + select(0.0, partials[i], params.accumulate != 0u);
      sum = sum.yzwx;
    }
  }
}
