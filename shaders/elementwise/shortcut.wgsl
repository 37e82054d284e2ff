// Identity shortcut (src/ops/elementwise/shortcut.ts): every stride-th pixel of x, its channels filled up with zeros or
// cut off.
// x: (N,C,H,W), y: (N,O,OH,OW). One invocation: one value of y. Grid: (OW, OH, O, N), the first fastest.
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
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  var rest = i;
  let column = next_coordinate(&rest, params.ow);
  let row = next_coordinate(&rest, params.oh);
  let channel = next_coordinate(&rest, params.out_channels);
  let image = rest;
  if (image >= params.batch) {
    return;
  }
  var value = 0.0;
  if (channel < params.channels) {
    let source_row = (image * params.channels + channel) * params.h + row * params.stride;
    value = x[source_row * params.w + column * params.stride];
  }
  y[i] = value;
}
