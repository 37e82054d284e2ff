// Identity shortcut, gradient: grad_x (+)= grad_y where the pixel and its channel were taken, else nothing.
// grad_x: (N,C,H,W), grad_y: (N,O,OH,OW). One invocation: one value of grad_x. Grid: (W, H, C, N), the first
// fastest.
//#include "lib/grid.wgsl"
struct Params {
  batch: u32,
  channels: u32,
  h: u32,
  w: u32,
  out_channels: u32,
  oh: u32,
  ow: u32,
  stride: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<f32>;
@group(0) @binding(2) var<storage, read_write> grad_x: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  var rest = i;
  let column = next_coordinate(&rest, params.w);
  let row = next_coordinate(&rest, params.h);
  let channel = next_coordinate(&rest, params.channels);
  let image = rest;
  if (image >= params.batch) {
    return;
  }
  var value = select(0.0, grad_x[i], params.accumulate != 0u);
  if (channel < params.out_channels && row % params.stride == 0u && column % params.stride == 0u) {
    let row_y = (image * params.out_channels + channel) * params.oh + row / params.stride;
    value += grad_y[row_y * params.ow + column / params.stride];
  }
  grad_x[i] = value;
}
