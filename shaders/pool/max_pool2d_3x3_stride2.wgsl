// Max pooling as max_pool2d.wgsl, for windows of 3x3 at stride 2 with padding 1 on even heights and rows of whole
// groups of 8. x: (P,2H,2*quads) groups of 4, y: (P,H,quads), argmax: (P,H,quads), a byte for each output.
// What lies outside counts as its neighbour inside, which is in the same window.
// One invocation: a strip of outputs (lib/pool_strips.wgsl). Grid: P*strips*quads.
//#include "lib/grid.wgsl"
//#include "pool/lib/pool_strips.wgsl"
//#include "pool/lib/plane_affine.wgsl"
//#include "pool/lib/best_places.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> argmax: array<u32>;

// The best of 3 neighbours in a row, for each of 4 windows.
fn best_of_row(at: u32, a: vec2f, has_left: bool) -> Best {
  let before = a.x * x[at - u32(has_left)][select(0u, 3u, has_left)] + a.y;
  let c0 = a.x * x[at] + a.y;
  let c1 = a.x * x[at + 1u] + a.y;
  let odd = vec4f(c0.yw, c1.yw);
  let left = Best(vec4f(before, odd.xyz), vec4u(0u));
  let two = better(left, Best(vec4f(c0.xz, c1.xz), vec4u(1u)));
  var best = better(two, Best(odd, vec4u(2u)));
  best.place.x = max(best.place.x, u32(!has_left));
  return best;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let strip = strip_at(linear_id(id, workgroups, 64u), params.quads);
  if (strip.plane >= params.planes) {
    return;
  }
  let has_left = strip.column > 0u;
  let a = plane_affine(strip.plane);
  let line = 2u * params.quads;
  let source = strip.plane * 2u * params.h * line + 2u * strip.column;
  var above = Best();
  for (var i = 0u; i <= strip.end - strip.top; i++) {
    // the rows after those of the results above; -1 and -2 are 0
    let row = 2u * (strip.top + i);
    let same = best_of_row(source + (max(row, 2u) - 2u) * line, a, has_left);
    let below = best_of_row(source + (max(row, 1u) - 1u) * line, a, has_left);
    let best = best_of_rows(above, same, below);
    above = Best(below.value, below.place + select(0u, 3u, row == 0u));
    // the first time nothing is complete yet, and the second overwrites what is stored
    let at_y = (strip.plane * params.h + strip.top + max(i, 1u) - 1u) * params.quads + strip.column;
    y[at_y] = best.value;
    let p = best.place;
    argmax[at_y] = p.x | (p.y << 8u) | (p.z << 16u) | (p.w << 24u);
  }
}
