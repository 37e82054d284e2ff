// Gradient of a 1x1 convolution with respect to its weight: grid and formula in conv/lib/grad_weight_1x1.wgsl.
// For GPUs; software adapters: conv2d_1x1_grad_weight.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "conv/lib/grad_weight_1x1.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> source: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

// Channels of gradOutput and of x, and vec4s of a plane.
override SOURCES: u32 = 20u;
override RESULTS: u32 = 20u;
override PLANE: u32 = 256u;
override INVOCATIONS: u32 = 128u;

// (OUTPUTS, SPAN + 1) of gradOutput, then (INPUTS, SPAN + 1) of x
var<workgroup> tile: array<vec4f, (OUTPUTS + INPUTS) * (SPAN + 1u)>;

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  weight_gradient(workgroup_index(workgroup, workgroups), local);
}
