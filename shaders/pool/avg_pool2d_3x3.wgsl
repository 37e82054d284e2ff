// Average pooling as pool2d.wgsl, and its gradient, for windows of 3x3 at stride 1 with padding 1 on rows of whole
// groups of 4. With c(o) the pixels of window o inside the image,
//   forward: y(o) = 1/c(o) sum of x over the 3x3 around o;   backward: y(i) (+)= sum of x(o)/c(o) over the 3x3 around i
// x, y: (P,H,quads) groups of 4. One invocation: a strip of pairs (pool/lib/pool_pairs.wgsl). Grid:
// (pairs, strips, planes).
//#include "lib/grid.wgsl"
//#include "pool/lib/pool_strips.wgsl"
//#include "pool/lib/pool_pairs.wgsl"
//#include "pool/lib/plane_affine.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

// The first and the last window of a row have 2 columns inside the image, where the others have 3.
const EDGE = 1.5f;

// What can be the first or the last: by the first column of a pair, and the last of its groups.
fn scale_edges(c: Columns, edges: vec3f) -> Columns {
  return Columns(
    vec4f(c.first.x * edges.x, c.first.yz, c.first.w * edges.y),
    vec4f(c.second.xyz, c.second.w * edges.z),
  );
}

// 1 / rows of a window inside the image.
fn share_of_row(row: u32) -> f32 {
  return 1.0 / f32(min(row + 2u, params.h) - max(row, 1u) + 1u);
}

// Adds what is stored in group k of a pair to a sum that is complete or, for the first two rows, counts as 0. One load
// for both groups, since each takes a software adapter long to translate.
fn add_there(sum: Columns, there: vec4f, k: u32, complete: bool) -> Columns {
  return Columns(
    select(sum.first, there + select(vec4f(), sum.first, complete), k == 0u),
    select(sum.second, there + select(vec4f(), sum.second, complete), k == 1u),
  );
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
  // Backward, shares are taken of what is summed, forward, of the sum.
  let backward = params.backward != 0u;
  let edges = select(vec3f(1.0), vec3f(EDGE), vec3<bool>(!pair.has_left, pair.second == 0u, !pair.has_right));
  let edges_in = select(vec3f(1.0), edges, backward);
  let edges_out = select(edges, vec3f(1.0), backward);
  let third_out = a.x * select(1.0 / 3.0, 1.0, backward);
  // sums of the rows that have seen one and two of their three rows
  var sum1 = Columns();
  var sum2 = Columns();
  for (var i = 0u; i < strip.end - strip.top + 2u; i++) {
    // rows -1 and h count as 0 times their neighbours inside
    let row = strip.top + i;
    let row_inside = min(max(row, 1u) - 1u, params.h - 1u);
    let at = (plane + row_inside) * params.quads + pair.quad;
    let weight = select(1.0, share_of_row(row_inside) / 3.0, backward) * f32(row - 1u < params.h);
    let c = scale_edges(Columns(x[at], x[at + pair.second]), edges_in);
    let before = x[at - u32(pair.has_left)].w * f32(pair.has_left);
    let after = x[at + pair.second + u32(pair.has_right)].x * f32(pair.has_right);
    let next = c.second.x * f32(pair.second);
    let row0 = weight * (vec4f(before, c.first.xyz) + c.first + vec4f(c.first.yzw, next));
    let row1 = weight * (vec4f(c.first.w, c.second.xyz) + c.second + vec4f(c.second.yzw, after));
    let result_row = row_of_result(strip, i);
    let share = third_out * select(share_of_row(result_row), 1.0, backward);
    let all = scale_edges(Columns(sum2.first + row0, sum2.second + row1), edges_out);
    sum2 = Columns(sum1.first + row0, sum1.second + row1);
    sum1 = Columns(row0, row1);
    var result = Columns(share * all.first + a.y, share * all.second + a.y);
    let at_y = (plane + result_row) * params.quads + pair.quad;
    for (var k = 0u; k < 2u * params.accumulate; k++) {
      result = add_there(result, y[at_y + k * pair.second], k, i >= 2u);
    }
    y[at_y + pair.second] = result.second;
    y[at_y] = result.first;
  }
}
