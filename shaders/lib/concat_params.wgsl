// The places of up to 6 tensors in their concatenation.
struct Params {
  // Elements per image of the concatenation.
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

fn begin_of(k: u32) -> u32 {
  switch k {
    case 0u: { return params.begin0; }
    case 1u: { return params.begin1; }
    case 2u: { return params.begin2; }
    case 3u: { return params.begin3; }
    case 4u: { return params.begin4; }
    default: { return params.begin5; }
  }
}

fn size_of(k: u32) -> u32 {
  switch k {
    case 0u: { return params.size0; }
    case 1u: { return params.size1; }
    case 2u: { return params.size2; }
    case 3u: { return params.size3; }
    case 4u: { return params.size4; }
    default: { return params.size5; }
  }
}
