// Average pooling as avg_pool2d.wgsl, for windows of 3x3 at stride 2 with padding 1 on even heights and rows of whole
// groups of 8. x: (P,2H,2*quads) groups of 4, y: (P,H,quads).
// One invocation: a strip of outputs (lib/pool_strips.wgsl). Grid: P*strips*quads.
//#include "lib/grid.wgsl"
//#include "pool/lib/pool_strips.wgsl"
//#include "pool/lib/plane_affine.wgsl"
//#include "pool/lib/pool_counts.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

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
  let line = 2u * params.quads;
  let source = strip.plane * 2u * params.h * line + 2u * strip.column;
  var above = vec4f();
  for (var i = 0u; i <= strip.end - strip.top; i++) {
    // the rows after those of the results above; -1 and -2 do not count
    let row = 2u * (strip.top + i);
    let same = sum_of_row(source + (max(row, 2u) - 2u) * line, has_left);
    let below = sum_of_row(source + (max(row, 1u) - 1u) * line, has_left);
    let sum = above + same + below;
    above = select(below, vec4f(), row == 0u);
    // the first time nothing is complete yet, and the second overwrites what is stored
    let result_row = strip.top + max(i, 1u) - 1u;
    let mean = sum / window_counts(result_row, has_left);
    y[(strip.plane * params.h + result_row) * params.quads + strip.column] = a.x * mean + a.y;
  }
}
