// Max pooling, gradient: grad_x (+)= the grad_y of every window that a pixel won.
// grad_x: (P,H,W), grad_y: (P,OH,OW), argmax as in max_pool2d.wgsl.
// One invocation: 4 neighbouring pixels of a row, which gather from the windows that cover any of them.
// Grid: P*H*ceil(W/4).
//#include "lib/grid.wgsl"
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
  wide: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<f32>;
@group(0) @binding(2) var<storage, read> argmax: array<u32>;
@group(0) @binding(3) var<storage, read_write> grad_x: array<f32>;

// Where window (row, ox) found its maximum.
fn place_of(row: i32, ox: i32) -> i32 {
  let i = 4u * (u32(row) * params.quads) + u32(ox);
  if (params.wide != 0u) {
    return i32((argmax[i / 2u] >> (16u * (i % 2u))) & 0xffffu);
  }
  return i32((argmax[i / 4u] >> (8u * (i % 4u))) & 0xffu);
}

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
    for (var ox = first_window(at_x.x, kernel, stride); ox < end_window(at_x.w, stride, params.ow); ox++) {
      let kx = at_x - ox * stride;
      let place = (at_y - oy * stride) * kernel + kx;
      let won = (place == vec4i(place_of(row, ox))) & (kx >= vec4i(0)) & (kx < vec4i(kernel));
      sum += select(vec4f(0), vec4f(grad_y[row * params.ow + ox]), won);
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
