// The places of up to 6 tensors in their concatenation, counted in groups of 4 elements.
struct Params {
  // Groups per image of the concatenation.
  total: u32,
  // Bit k is off where input k counts as zero.
  kept: u32,
  // Bit k is on where a gradient is added to what is there (concat_grad).
  accumulate: u32,
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

fn begin_of(k: u32) -> u32 {
  let low = select(select(params.begin0, params.begin1, k == 1u), params.begin2, k == 2u);
  return select(select(select(low, params.begin3, k == 3u), params.begin4, k == 4u), params.begin5, k == 5u);
}

fn size_of(k: u32) -> u32 {
  let low = select(select(params.size0, params.size1, k == 1u), params.size2, k == 2u);
  return select(select(select(low, params.size3, k == 3u), params.size4, k == 4u), params.size5, k == 5u);
}
