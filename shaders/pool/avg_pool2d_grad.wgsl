// Average pooling, gradient: grad_x (+)= grad_y / (pixels of the window inside the image), over the windows that
// cover a pixel. grad_x: (P,H,W), grad_y: (P,OH,OW).
// One invocation: 4 neighbouring pixels of a row. Grid: P*H*ceil(W/4).
//#include "lib/grid.wgsl"
//#include "pool/lib/pool_window.wgsl"
struct Params {
  planes: u32,
  h: i32,
  w: i32,
  oh: i32,
  ow: i32,
  kernel: i32,
  stride: i32,
  padding: i32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<f32>;
@group(0) @binding(2) var<storage, read_write> grad_x: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quad = i32(linear_id(id, workgroups, 64u));
  let quads = (params.w + 3) / 4;
  let line = quad / quads;
  if (line >= i32(params.planes) * params.h) {
    return;
  }
  let left = 4 * (quad % quads);
  let plane = line / params.h;
  let at_y = line % params.h + params.padding;
  let at_x = vec4i(left) + vec4i(0, 1, 2, 3) + params.padding;
  let kernel = params.kernel;
  let stride = params.stride;

  var sum = vec4f(0);
  for (var oy = first_window(at_y, kernel, stride); oy < end_window(at_y, stride, params.oh); oy++) {
    let row = plane * params.oh + oy;
    let rows = inside(oy, kernel, stride, params.padding, params.h);
    for (var ox = first_window(at_x.x, kernel, stride); ox < end_window(at_x.w, stride, params.ow); ox++) {
      let kx = at_x - ox * stride;
      let columns = inside(ox, kernel, stride, params.padding, params.w);
      let share = grad_y[row * params.ow + ox] / f32(rows * columns);
      sum += select(vec4f(0), vec4f(share), (kx >= vec4i(0)) & (kx < vec4i(kernel)));
    }
  }
  for (var j = 0; j < min(4, params.w - left); j++) {
    let i = line * params.w + left + j;
    if (params.accumulate != 0u) {
      grad_x[i] += sum[j];
    } else {
      grad_x[i] = sum[j];
    }
  }
}
