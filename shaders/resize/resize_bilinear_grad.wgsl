// grad_x[n,c,h,w] (+)= sum over the pixels of y that x[n,c,h,w] counts in of its share times grad_y, row by row.
// grad_x: (planes,H,W), grad_y: (planes,OH,OW). One invocation: a pixel of x. Grid: (W, H, planes), the first fastest.
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
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<f32>;
@group(0) @binding(2) var<storage, read_write> grad_x: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let at = linear_id(id, workgroups, 64u);
  var rest = at;
  let column = next_coordinate(&rest, params.w);
  let row = next_coordinate(&rest, params.h);
  if (rest >= params.planes) {
    return;
  }
  let rows = places_of(row, params.scale_h, params.h, params.oh);
  let columns = places_of(column, params.scale_w, params.w, params.ow);
  var sum = 0.0;
  for (var i = rows.x; i < rows.y; i++) {
    var along = 0.0;
    for (var j = columns.x; j < columns.y; j++) {
      let share = share_of(column, j, params.scale_w, params.w);
      along += share * grad_y[(rest * params.oh + i) * params.ow + j];
    }
    sum += share_of(row, i, params.scale_h, params.h) * along;
  }
  grad_x[at] = sum + select(0.0, grad_x[at], params.accumulate != 0u);
}
