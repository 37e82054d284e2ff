// Average pooling over the pixels of each window that lie inside the image; padding is not counted.
// x: (P,H,W), y: (P,OH,OW), P planes. One invocation: 4 neighbouring outputs of a row. Grid: P*OH*quads.
//#include "lib/grid.wgsl"
//#include "pool/lib/plane_affine.wgsl"
//#include "pool/lib/pool_window.wgsl"
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
  affine_channels: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quad = linear_id(id, workgroups, 64u);
  let row = i32(quad / params.quads);
  if (row >= i32(params.planes) * params.oh) {
    return;
  }
  let ox = 4 * i32(quad % params.quads);
  let plane = row / params.oh;
  let oy = row % params.oh;
  let top = oy * params.stride - params.padding;
  let left = (vec4i(ox) + vec4i(0, 1, 2, 3)) * params.stride - params.padding;

  var sum = vec4f(0);
  for (var ky = max(-top, 0); ky < min(params.kernel, params.h - top); ky++) {
    let line = (plane * params.h + top + ky) * params.w;
    for (var kx = 0; kx < params.kernel; kx++) {
      let column = left + kx;
      let valid = (column >= vec4i(0)) & (column < vec4i(params.w));
      let at = line + clamp(column, vec4i(0), vec4i(params.w - 1));
      sum += select(vec4f(0), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), valid);
    }
  }
  let a = plane_affine(u32(plane));
  let rows = inside(oy, params.kernel, params.stride, params.padding, params.h);
  for (var j = 0; j < min(4, params.ow - ox); j++) {
    let columns = inside(ox + j, params.kernel, params.stride, params.padding, params.w);
    y[row * params.ow + ox + j] = a.x * (sum[j] / f32(rows * columns)) + a.y;
  }
}
