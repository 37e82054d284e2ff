// Identity shortcut: every stride-th pixel of x, its channels filled up with zeros or cut off (src/ops/elementwise/shortcut.ts).
// x: (N,C,H,W), y: (N,O,OH,OW). One invocation: one value of y. Grid: N*O*OH*OW.
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
  let line = i / params.ow;
  let plane = line / params.oh;
  let n = plane / params.out_channels;
  if (n >= params.batch) {
    return;
  }
  let channel = plane % params.out_channels;
  var value = 0.0;
  if (channel < params.channels) {
    let row = ((n * params.channels + channel) * params.h + line % params.oh * params.stride) * params.w;
    value = x[row + i % params.ow * params.stride];
  }
  y[i] = value;
}
