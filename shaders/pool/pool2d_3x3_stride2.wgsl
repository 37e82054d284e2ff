// Pooling as pool2d.wgsl, for windows of 3x3 at stride 2 with padding 1 on even heights and rows of whole groups of 8.
// x: (P,2H,2*quads) groups of 4, y: (P,H,quads), argmax, for MAX alone: (P,H,quads), a byte for each output.
// Outside of the image, a maximum counts the neighbour inside, which is in the same window, and a mean counts nothing.
// One invocation: a strip of outputs (pool/lib/pool_strips.wgsl). Grid: (quads, strips, planes), the first fastest.
//#include "lib/grid.wgsl"
//#include "pool/lib/pool_strips.wgsl"
//#include "pool/lib/plane_affine.wgsl"
//#include "pool/lib/best_places.wgsl"
//#include "pool/lib/pool_counts.wgsl"
override MAX: bool = false;

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

// The sum of 3 neighbours in a row, for each of 4 windows.
fn sum_of_row(at: u32, has_left: bool) -> vec4f {
  let before = select(0.0, x[at - u32(has_left)].w, has_left);
  let c0 = x[at];
  let c1 = x[at + 1u];
  let odd = vec4f(c0.yw, c1.yw);
  return vec4f(before, odd.xyz) + vec4f(c0.xz, c1.xz) + odd;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let strip = strip_at(linear_id(id, workgroups, 64u), params.quads);
  if (strip.plane >= params.planes) {
    return;
  }
  let has_left = strip.column > 0u;
  let a = plane_affine(strip.plane);
  let source_quads = 2u * params.quads;
  let source = strip.plane * 2u * params.h * source_quads + 2u * strip.column;
  // of the row that the next windows begin with
  var best_above = Best();
  var sum_above = vec4f();
  for (var i = 0u; i <= strip.end - strip.top; i++) {
    // The rows after those of the results above. Those above the image are row 0, which the first sums leave out.
    let row = 2u * (strip.top + i);
    let at_same = source + (max(row, 2u) - 2u) * source_quads;
    let at_below = source + (max(row, 1u) - 1u) * source_quads;
    // the first time nothing is complete yet, and the second overwrites what is stored
    let result_row = strip.top + max(i, 1u) - 1u;
    let at_y = (strip.plane * params.h + result_row) * params.quads + strip.column;
    if (MAX) {
      let same = best_of_row(at_same, a, has_left);
      let below = best_of_row(at_below, a, has_left);
      let best = best_of_rows(best_above, same, below);
      best_above = Best(below.value, below.place + select(0u, 3u, row == 0u));
      y[at_y] = best.value;
      let p = best.place;
      argmax[at_y] = p.x | (p.y << 8u) | (p.z << 16u) | (p.w << 24u);
    } else {
      let same = sum_of_row(at_same, has_left);
      let below = sum_of_row(at_below, has_left);
      let sum = sum_above + same + below;
      sum_above = select(below, vec4f(), row == 0u);
      y[at_y] = a.x * (sum / window_counts(result_row, has_left)) + a.y;
    }
  }
}
