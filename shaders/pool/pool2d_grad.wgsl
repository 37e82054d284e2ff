// Gradient of pool2d.wgsl, over the windows that cover a pixel.
// MAX: grad_x (+)= the grad_y of every window that the pixel won; else: grad_y / (pixels of the window in the image).
// grad_x: (P,H,W), grad_y: (P,OH,OW), argmax as there.
// One invocation: 4 neighbouring pixels of a row, which gather from the windows that cover any of them.
// Grid: (ceil(W/4), rows, planes), the first fastest.
//#include "lib/grid.wgsl"
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
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<f32>;
@group(0) @binding(2) var<storage, read> argmax: array<u32>;
@group(0) @binding(3) var<storage, read_write> grad_x: array<f32>;

// Where the window in this row of all planes and this column found its maximum.
fn place_of(row: i32, column: i32) -> i32 {
  let i = 4u * (u32(row) * params.quads) + u32(column);
  if (params.wide != 0u) {
    return i32((argmax[i / 2u] >> (16u * (i % 2u))) & 0xffffu);
  }
  return i32((argmax[i / 4u] >> (8u * (i % 4u))) & 0xffu);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quad = i32(linear_id(id, workgroups, 64u));
  let quads = (params.w + 3) / 4;
  let row = quad / quads;
  if (row >= i32(params.planes) * params.h) {
    return;
  }
  let first_column = 4 * (quad % quads);
  let plane = row / params.h;
  // as windows count them, from the first row and column of the padding
  let padded_row = row % params.h + params.padding;
  let padded_column = vec4i(first_column) + vec4i(0, 1, 2, 3) + params.padding;
  let kernel = params.kernel;
  let stride = params.stride;
  let end_row = end_window(padded_row, stride, params.oh);
  let end_column = end_window(padded_column.w, stride, params.ow);

  var sum = vec4f(0);
  for (var oy = first_window(padded_row, kernel, stride); oy < end_row; oy++) {
    let window_row = plane * params.oh + oy;
    let ky = padded_row - oy * stride;
    let rows = inside(oy, kernel, stride, params.padding, params.h);
    for (var ox = first_window(padded_column.x, kernel, stride); ox < end_column; ox++) {
      let kx = padded_column - ox * stride;
      let covers = (kx >= vec4i(0)) & (kx < vec4i(kernel));
      let grad = grad_y[window_row * params.ow + ox];
      if (MAX) {
        let won = covers & (ky * kernel + kx == vec4i(place_of(window_row, ox)));
        sum += select(vec4f(0), vec4f(grad), won);
      } else {
        let columns = inside(ox, kernel, stride, params.padding, params.w);
        sum += select(vec4f(0), vec4f(grad / f32(rows * columns)), covers);
      }
    }
  }
  for (var j = 0; j < min(4, params.w - first_column); j++) {
    let i = row * params.w + first_column + j;
    if (params.accumulate != 0u) {
      grad_x[i] += sum[j];
    } else {
      grad_x[i] = sum[j];
    }
  }
}
