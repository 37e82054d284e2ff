// Pooling to twice the precision of f32, padding not counted. MAX: y is there already, and y_low is that of the
// first pixel of the window that equals it. Otherwise y + y_low is the mean of the window of x + x_low.
// x, x_low: (P,H,W), y, y_low: (P,OH,OW), P planes. One invocation: one output.
//#include "lib/grid.wgsl"
//#include "lib/double_float.wgsl"
override MAX: bool = false;
struct Params {
  planes: u32,
  h: i32,
  w: i32,
  oh: i32,
  ow: i32,
  kernel: i32,
  stride: i32,
  padding: i32,
  zero: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> x_low: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> y_low: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = i32(linear_id(id, workgroups, 64u));
  let row = i / params.ow;
  if (row >= i32(params.planes) * params.oh) {
    return;
  }
  let plane = row / params.oh;
  let top = row % params.oh * params.stride - params.padding;
  let left = i % params.ow * params.stride - params.padding;
  var sum = vec2f();
  var count = 0.0;
  for (var iy = max(top, 0); iy < min(top + params.kernel, params.h); iy++) {
    for (var ix = max(left, 0); ix < min(left + params.kernel, params.w); ix++) {
      let at = (plane * params.h + iy) * params.w + ix;
      let v = vec2f(x[at], x_low[at]);
      if (MAX) {
        if (v.x == y[i]) {
          y_low[i] = v.y;
          return;
        }
      } else {
        sum = add2(sum, v);
        count += 1.0;
      }
    }
  }
  if (!MAX) {
    let mean = divide2(sum, count);
    y[i] = mean.x;
    y_low[i] = mean.y;
  }
}
