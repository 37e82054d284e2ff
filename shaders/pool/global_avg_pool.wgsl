// y[p] = mean of plane p. x: (P,pixels), in groups of 4, y: (P). One invocation: a plane.
//#include "lib/grid.wgsl"
struct Params {
  planes: u32,
  pixels: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// A plane of `pixels` elements that are viewed in groups of 4, which planes of other sizes than whole groups cross:
// the whole groups first .. end - 1, and the `edges` elements before and after them.
struct PlaneQuads {
  first: u32,
  end: u32,
  edges: u32,
  begin: u32,
  before: u32,
  after: u32,
}

fn plane_quads(plane: u32, pixels: u32) -> PlaneQuads {
  let begin = plane * pixels;
  let end = begin + pixels;
  let first = (begin + 3u) / 4u;
  let before = min(4u * first, end) - begin;
  let after = max(4u * (end / 4u), begin + before);
  return PlaneQuads(first, end / 4u, before + (end - after), begin, before, after);
}

// The place of edge j.
fn edge_at(plane: PlaneQuads, j: u32) -> u32 {
  return select(plane.after + j - plane.before, plane.begin + j, j < plane.before);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let plane = linear_id(id, workgroups, 64u);
  if (plane >= params.planes) {
    return;
  }
  let quads = plane_quads(plane, params.pixels);
  var sums = vec4f();
  for (var i = quads.first; i < quads.end; i++) {
    sums += x[i];
  }
  var sum = (sums.x + sums.y) + (sums.z + sums.w);
  for (var j = 0u; j < quads.edges; j++) {
    let i = edge_at(quads, j);
    sum += x[i / 4u][i % 4u];
  }
  y[plane] = sum / f32(params.pixels);
}
