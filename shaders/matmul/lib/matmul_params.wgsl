// C (+)= A B + bias: C (M,N) row-major, A (M,K) and B (K,N) with any strides, so that a transposed operand is no copy.
// bias: N values added to every row.
struct Params {
  m: u32,
  n: u32,
  k: u32,
  // Element strides.
  a_m: u32,
  a_k: u32,
  b_k: u32,
  b_n: u32,
  has_bias: u32,
  accumulate: u32,
}
