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
