// Quotient and remainder; a division costs a software adapter as much as a hundred multiply-adds.
fn divide(a: u32, b: u32) -> vec2u {
  let quotient = a / b;
  return vec2u(quotient, a - quotient * b);
}
