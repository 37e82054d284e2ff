// Max pooling as max_pool2d.wgsl, for windows of 3x3 at stride 1 with padding 1 on rows of whole groups of 4.
// x, y: (P,H,quads) groups of 4, argmax: (P,H,quads), a byte for each output.
// One invocation: a strip (lib/pool_strips.wgsl). Grid: P*strips*quads.
//#include "lib/linear.wgsl"
//#include "lib/divide.wgsl"
//#include "lib/pool_strips.wgsl"
//#include "lib/plane_affine.wgsl"
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

// Not `value > best`, so that NaN beats what came before it.
fn better(best: Best, value: vec4f, place: vec4u) -> Best {
  let wins = !(value <= best.value);
  return Best(select(best.value, value, wins), select(best.place, place, wins));
}

// The best of 3 neighbours in a row, for each of 4.
fn best_of_row(at: u32, a: vec2f, inside: bool, has_left: bool, has_right: bool) -> Best {
  let middle = select(vec4f(OUTSIDE), a.x * x[at] + a.y, inside);
  let left = select(OUTSIDE, a.x * x[at - u32(has_left)].w + a.y, inside && has_left);
  let right = select(OUTSIDE, a.x * x[at + u32(has_right)].x + a.y, inside && has_right);
  var best = better(Best(vec4f(OUTSIDE), vec4u(1u)), vec4f(left, middle.xyz), vec4u(0u));
  best = better(best, middle, vec4u(1u));
  return better(best, vec4f(middle.yzw, right), vec4u(2u));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let strip = strip_at(linear_id(id, groups, 64u));
  if (strip.plane >= params.planes) {
    return;
  }
  let has_left = strip.quad > 0u;
  let has_right = strip.quad + 1u < params.quads;
  let plane = strip.plane * params.h;
  let a = plane_affine(strip.plane);
  var above = Best();
  var same = Best();
  for (var i = 0u; i < strip.end - strip.top + 2u; i++) {
    // the row below the result's; row -1 is a large u32
    let row = strip.top + i - 1u;
    let at = (plane + min(row, params.h - 1u)) * params.quads + strip.quad;
    let below = best_of_row(at, a, row < params.h, has_left, has_right);
    var best = better(Best(vec4f(OUTSIDE), vec4u(4u)), above.value, above.place);
    best = better(best, same.value, same.place + 3u);
    best = better(best, below.value, below.place + 6u);
    above = same;
    same = below;
    let at_y = (plane + row_of_result(strip, i)) * params.quads + strip.quad;
    y[at_y] = best.value;
    let p = best.place;
    argmax[at_y] = p.x | (p.y << 8u) | (p.z << 16u) | (p.w << 24u);
  }
}
