// Gradient of max_pool2d_3x3.wgsl: grad_x (+)= the grad_y of every window that a pixel won. Layouts as there.
// One invocation: a group of 4 pixels, which gathers from the windows of three rows. Grid: P*H*quads.
//#include "lib/linear.wgsl"
struct Params {
  planes: u32,
  h: u32,
  quads: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<vec4f>;
@group(0) @binding(2) var<storage, read> argmax: array<u32>;
@group(0) @binding(3) var<storage, read_write> grad_x: array<vec4f>;

// The place of no pixel.
const NOWHERE = 255u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linear_id(id, groups, 64u);
  let row = i / params.quads;
  if (row >= params.planes * params.h) {
    return;
  }
  let quad = i % params.quads;
  let iy = row % params.h;
  let has_left = quad > 0u;
  let has_right = quad + 1u < params.quads;
  var sum = vec4f(0);
  // Window rows oy = iy - 1, iy, iy + 1, in which this pixel is in row ky = 2 - dy.
  for (var dy = select(0u, 1u, iy == 0u); dy < min(3u, params.h + 1u - iy); dy++) {
    let at = i + dy * params.quads - params.quads;
    let before = at - u32(has_left);
    let after = at + u32(has_right);
    let packed = argmax[at];
    let middle = vec4u(packed & 0xffu, (packed >> 8u) & 0xffu, (packed >> 16u) & 0xffu, packed >> 24u);
    let left = select(NOWHERE, argmax[before] >> 24u, has_left);
    let right = select(NOWHERE, argmax[after] & 0xffu, has_right);
    let grad = grad_y[at];
    let place = 3u * (2u - dy);
    sum += select(vec4f(0), vec4f(grad_y[before].w, grad.xyz), vec4u(left, middle.xyz) == vec4u(place + 2u));
    sum += select(vec4f(0), grad, middle == vec4u(place + 1u));
    sum += select(vec4f(0), vec4f(grad.yzw, grad_y[after].x), vec4u(middle.yzw, right) == vec4u(place));
  }
  if (params.accumulate != 0u) {
    sum += grad_x[i];
  }
  grad_x[i] = sum;
}
