// Max pooling: y = the largest value of each window, ties to the first in row-major order.
// x: (P,H,W), y: (P,OH,OW), P planes. argmax: the winner's place in its window, ky*kernel + kx, in 8 bits (16 if
// wide), lowest first; a row of OW places fills `quads` groups of 4.
// One invocation: 4 neighbouring outputs of a row. Grid: P*OH*quads.
//#include "lib/grid.wgsl"
//#include "pool/lib/plane_affine.wgsl"
struct Params {
  planes: u32,
  h: i32,
  w: i32,
  oh: i32,
  ow: i32,
  quads: u32,
  kernel: i32,
  stride: i32,
  padding: i32,
  wide: u32,
  affine_channels: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> argmax: array<u32>;

const NONE = -1;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quad = linear_id(id, workgroups, 64u);
  let row = i32(quad / params.quads);
  if (row >= i32(params.planes) * params.oh) {
    return;
  }
  let ox = 4 * i32(quad % params.quads);
  let plane = row / params.oh;
  let top = (row % params.oh) * params.stride - params.padding;
  let left = (vec4i(ox) + vec4i(0, 1, 2, 3)) * params.stride - params.padding;

  let a = plane_affine(u32(plane));
  var best = vec4f(0);
  var place = vec4i(NONE);
  for (var ky = max(-top, 0); ky < min(params.kernel, params.h - top); ky++) {
    let line = (plane * params.h + top + ky) * params.w;
    for (var kx = 0; kx < params.kernel; kx++) {
      let column = left + kx;
      let valid = (column >= vec4i(0)) & (column < vec4i(params.w));
      let at = line + clamp(column, vec4i(0), vec4i(params.w - 1));
      let value = a.x * vec4f(x[at.x], x[at.y], x[at.z], x[at.w]) + a.y;
      let better = valid & ((value > best) | (place == vec4i(NONE)));
      best = select(best, value, better);
      place = select(place, vec4i(ky * params.kernel + kx), better);
    }
  }
  for (var j = 0; j < min(4, params.ow - ox); j++) {
    y[row * params.ow + ox + j] = best[j];
  }
  let p = vec4u(place);
  if (params.wide != 0u) {
    argmax[2u * quad] = (p.x & 0xffffu) | (p.y << 16u);
    argmax[2u * quad + 1u] = (p.z & 0xffffu) | (p.w << 16u);
  } else {
    argmax[quad] = (p.x & 0xffu) | ((p.y & 0xffu) << 8u) | ((p.z & 0xffu) << 16u) | (p.w << 24u);
  }
}
