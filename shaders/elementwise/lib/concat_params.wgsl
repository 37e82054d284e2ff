// The places of up to 6 tensors in their concatenation, counted in groups of 4 elements.
struct Params {
  // Groups per image of the concatenation.
  total: u32,
  // Bit k is off where input k counts as zero.
  kept: u32,
  begin0: u32,
  begin1: u32,
  begin2: u32,
  begin3: u32,
  begin4: u32,
  begin5: u32,
  size0: u32,
  size1: u32,
  size2: u32,
  size3: u32,
  size4: u32,
  size5: u32,
}

fn bit(bits: u32, k: u32) -> bool {
  return ((bits >> k) & 1u) != 0u;
}

fn of_input(k: u32, low: vec4u, high: vec2u) -> u32 {
  return select(low[k & 3u], high[k & 1u], k >= 4u);
}

fn begin_of(k: u32) -> u32 {
  let low = vec4u(params.begin0, params.begin1, params.begin2, params.begin3);
  return of_input(k, low, vec2u(params.begin4, params.begin5));
}

fn size_of(k: u32) -> u32 {
  let low = vec4u(params.size0, params.size1, params.size2, params.size3);
  return of_input(k, low, vec2u(params.size4, params.size5));
}
