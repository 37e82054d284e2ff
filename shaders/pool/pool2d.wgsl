// Pooling with any window, stride and padding, of which no window counts what is padding.
// MAX: y = the largest pixel of each window, ties to the first in row-major order; else: y = the mean of its pixels.
// x: (P,H,W), y: (P,OH,OW), P planes. argmax, for MAX alone: the winner's place in its window, ky*kernel + kx, in 8
// bits (16 if wide), lowest first; a row of OW places fills `quads` groups of 4.
// One invocation: 4 neighbouring outputs of a row. Grid: (quads, rows, planes), the first fastest.
//#include "lib/grid.wgsl"
//#include "pool/lib/plane_affine.wgsl"
//#include "pool/lib/pool_window.wgsl"
override MAX: bool = false;

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
  let first_column = 4 * i32(quad % params.quads);
  let plane = row / params.oh;
  let plane_row = row % params.oh;
  let top = plane_row * params.stride - params.padding;
  let left = (vec4i(first_column) + vec4i(0, 1, 2, 3)) * params.stride - params.padding;

  let a = plane_affine(u32(plane));
  // the largest, or the sums
  var found = vec4f(0);
  var place = vec4i(NONE);
  for (var ky = max(-top, 0); ky < min(params.kernel, params.h - top); ky++) {
    let source_row = (plane * params.h + top + ky) * params.w;
    for (var kx = 0; kx < params.kernel; kx++) {
      let column = left + kx;
      let valid = (column >= vec4i(0)) & (column < vec4i(params.w));
      let at = source_row + clamp(column, vec4i(0), vec4i(params.w - 1));
      let pixels = vec4f(x[at.x], x[at.y], x[at.z], x[at.w]);
      if (MAX) {
        let value = a.x * pixels + a.y;
        let better = valid & ((value > found) | (place == vec4i(NONE)));
        found = select(found, value, better);
        place = select(place, vec4i(ky * params.kernel + kx), better);
      } else {
        found += select(vec4f(0), pixels, valid);
      }
    }
  }
  let rows = inside(plane_row, params.kernel, params.stride, params.padding, params.h);
  for (var j = 0; j < min(4, params.ow - first_column); j++) {
    let column = first_column + j;
    var value = found[j];
    if (!MAX) {
      let columns = inside(column, params.kernel, params.stride, params.padding, params.w);
      value = a.x * (found[j] / f32(rows * columns)) + a.y;
    }
    y[row * params.ow + column] = value;
  }
  if (MAX) {
    let p = vec4u(place);
    if (params.wide != 0u) {
      argmax[2u * quad] = (p.x & 0xffffu) | (p.y << 16u);
      argmax[2u * quad + 1u] = (p.z & 0xffffu) | (p.w << 16u);
    } else {
      argmax[quad] = (p.x & 0xffu) | ((p.y & 0xffu) << 8u) | ((p.z & 0xffu) << 16u) | (p.w << 24u);
    }
  }
}
