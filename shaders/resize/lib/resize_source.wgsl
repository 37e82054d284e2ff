// Between which two pixels of a row (or column) of `extent` pixels a pixel of the resized one lies, and how far.
struct Source {
  near: u32,
  far: u32,
  // value = (1 - share) * x[near] + share * x[far]
  share: f32,
}

// scale: pixels of the row in one of the resized one. Centres of pixels lie at halves; the first and the last pixel go on
// beyond the edge.
fn source_of(place: u32, scale: f32, extent: u32) -> Source {
  let at = max((f32(place) + 0.5) * scale - 0.5, 0.0);
  let near = min(u32(at), extent - 1u);
  return Source(near, min(near + 1u, extent - 1u), at - f32(near));
}

// What pixel `i` counts in the resized pixel `place`.
fn share_of(i: u32, place: u32, scale: f32, extent: u32) -> f32 {
  let source = source_of(place, scale, extent);
  return select(0.0, 1.0 - source.share, source.near == i) + select(0.0, source.share, source.far == i);
}

// The resized pixels that pixel `i` may count in: from x to before y. One more on each side than need be, for rounding.
fn places_of(i: u32, scale: f32, extent: u32, resized: u32) -> vec2u {
  let first = select(u32(max((f32(i) - 0.5) / scale - 1.5, 0.0)), 0u, i == 0u);
  let last = select(min(u32((f32(i) + 1.5) / scale + 1.5), resized), resized, i + 1u == extent);
  return vec2u(first, last);
}
