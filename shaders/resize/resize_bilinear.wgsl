// y[n,c,i,j]: x between the four pixels around ((i + 0.5) H/OH - 0.5, (j + 0.5) W/OW - 0.5).
// x: (planes,H,W), y: (planes,OH,OW). One invocation: a pixel of y. Grid: (OW, OH, planes), the first fastest.
//#include "lib/grid.wgsl"
//#include "resize/lib/resize_source.wgsl"
struct Params {
  planes: u32,
  h: u32,
  w: u32,
  oh: u32,
  ow: u32,
  // H/OH and W/OW.
  scale_h: f32,
  scale_w: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let out = linear_id(id, workgroups, 64u);
  var rest = out;
  let column = next_coordinate(&rest, params.ow);
  let row = next_coordinate(&rest, params.oh);
  if (rest >= params.planes) {
    return;
  }
  let rows = source_of(row, params.scale_h, params.h);
  let columns = source_of(column, params.scale_w, params.w);
  let above = (rest * params.h + rows.near) * params.w;
  let below = (rest * params.h + rows.far) * params.w;
  let top = (1.0 - columns.share) * x[above + columns.near] + columns.share * x[above + columns.far];
  let bottom = (1.0 - columns.share) * x[below + columns.near] + columns.share * x[below + columns.far];
  y[out] = (1.0 - rows.share) * top + rows.share * bottom;
}
