// Strips that are two groups of 4 columns wide, which share the loads of the two columns beside them. Where a row has
// an odd number of groups, the last strip has the last group twice.
//#include "pool/lib/pool_strips.wgsl"
struct Pair {
  // of the first group, in a row
  quad: u32,
  // from there to the second, 0 or 1
  second: u32,
  has_left: bool,
  has_right: bool,
}

fn pairs() -> u32 {
  return (params.quads + 1u) / 2u;
}

fn pair_at(pair: u32) -> Pair {
  let quad = 2u * pair;
  return Pair(quad, u32(quad + 1u < params.quads), pair > 0u, quad + 2u < params.quads);
}

struct Columns {
  first: vec4f,
  second: vec4f,
}
