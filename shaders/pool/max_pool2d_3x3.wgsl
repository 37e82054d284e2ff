// Max pooling as pool2d.wgsl, for windows of 3x3 at stride 1 with padding 1 on rows of whole groups of 4.
// x, y: (P,H,quads) groups of 4, argmax: (P,H,pairs), 4 bits for each of 8 outputs.
// What lies outside counts as its neighbour inside, which is in the same window.
// One invocation: a strip of pairs (pool/lib/pool_pairs.wgsl). Grid: (pairs, strips, planes).
//#include "lib/grid.wgsl"
//#include "pool/lib/pool_strips.wgsl"
//#include "pool/lib/pool_pairs.wgsl"
//#include "pool/lib/plane_affine.wgsl"
//#include "pool/lib/best_places.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> argmax: array<u32>;

struct Bests {
  first: Best,
  second: Best,
}

// The best of 3 neighbours, for each of 4. `place` is the left one's.
fn best_of(left: vec4f, middle: vec4f, right: vec4f, place: u32) -> Best {
  let two = better(Best(left, vec4u(place)), Best(middle, vec4u(place + 1u)));
  return better(two, Best(right, vec4u(place + 2u)));
}

fn best_of_row(at: u32, a: vec2f, pair: Pair, place: u32) -> Bests {
  let before = a.x * x[at - u32(pair.has_left)][select(0u, 3u, pair.has_left)] + a.y;
  let c0 = a.x * x[at] + a.y;
  let c1 = a.x * x[at + pair.second] + a.y;
  let after = a.x * x[at + pair.second + u32(pair.has_right)][select(3u, 0u, pair.has_right)] + a.y;
  let next = select(c0.w, c1.x, pair.second > 0u);
  var first = best_of(vec4f(before, c0.xyz), c0, vec4f(c0.yzw, next), place);
  first.place.x = max(first.place.x, place + u32(!pair.has_left));
  return Bests(first, best_of(vec4f(c0.w, c1.xyz), c1, vec4f(c1.yzw, after), place));
}

// 4 places, 4 bits each.
fn pack(p: vec4u) -> u32 {
  return p.x | (p.y << 4u) | (p.z << 8u) | (p.w << 12u);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let strip = strip_at(linear_id(id, workgroups, 64u), pairs());
  if (strip.plane >= params.planes) {
    return;
  }
  let pair = pair_at(strip.column);
  let plane = strip.plane * params.h;
  let a = plane_affine(strip.plane);
  var above = Bests();
  var same = Bests();
  for (var i = 0u; i < strip.end - strip.top + 2u; i++) {
    // The row below the result's. Row -1 counts as 0, and what is there is in the same place of row 0.
    let row = max(strip.top + i, 1u) - 1u;
    let at = (plane + min(row, params.h - 1u)) * params.quads + pair.quad;
    let below = best_of_row(at, a, pair, select(0u, 3u, strip.top + i == 0u));
    let first = best_of_rows(above.first, same.first, below.first);
    let second = best_of_rows(above.second, same.second, below.second);
    above = same;
    same = below;
    let result = plane + row_of_result(strip, i);
    let at_y = result * params.quads + pair.quad;
    y[at_y + pair.second] = second.value;
    y[at_y] = first.value;
    argmax[result * pairs() + strip.column] = pack(first.place) | (pack(second.place) << 16u);
  }
}
