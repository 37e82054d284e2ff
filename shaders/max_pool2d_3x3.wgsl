// Max pooling as max_pool2d.wgsl, for windows of 3x3 at stride 1 with padding 1 on rows of whole groups of 4: three
// loads a row instead of twelve. x, y: (P,H,quads) groups of 4, argmax: (P,H,quads), a byte for each output.
// One invocation: a group. Grid: P*H*quads.
//#include "lib/linear.wgsl"
//#include "lib/plane_affine.wgsl"
struct Params {
  planes: u32,
  h: u32,
  quads: u32,
  channels: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> argmax: array<u32>;

// What lies outside never wins.
const OUTSIDE = -3.4028234e38f;

struct Best {
  value: vec4f,
  place: vec4u,
}

// Not `value > best`, so that NaN wins: a broken run must not look healthy.
fn better(best: Best, value: vec4f, place: u32) -> Best {
  let wins = !(value <= best.value);
  return Best(select(best.value, value, wins), select(best.place, vec4u(place), wins));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linear_id(id, groups, 64u);
  let row = i / params.quads;
  if (row >= params.planes * params.h) {
    return;
  }
  let quad = i % params.quads;
  let oy = row % params.h;
  let has_left = quad > 0u;
  let has_right = quad + 1u < params.quads;
  let a = plane_affine(row / params.h);
  var best = Best(vec4f(OUTSIDE), vec4u(4));
  for (var ky = select(0u, 1u, oy == 0u); ky < min(3u, params.h + 1u - oy); ky++) {
    let at = i + ky * params.quads - params.quads;
    let middle = a.x * x[at] + a.y;
    let left = select(OUTSIDE, a.x * x[at - u32(has_left)].w + a.y, has_left);
    let right = select(OUTSIDE, a.x * x[at + u32(has_right)].x + a.y, has_right);
    best = better(best, vec4f(left, middle.xyz), 3u * ky);
    best = better(best, middle, 3u * ky + 1u);
    best = better(best, vec4f(middle.yzw, right), 3u * ky + 2u);
  }
  y[i] = best.value;
  let p = best.place;
  argmax[i] = p.x | (p.y << 8u) | (p.z << 16u) | (p.w << 24u);
}
