// Numbers to twice the precision of f32, as an unevaluated sum v.x + v.y in which v.y is about 2^-24 of v.x or less.
// Dekker, "A floating-point technique for extending the available precision" (1971); Knuth, TAOCP 2, 4.2.2.
// Needs params.zero, which the host sets to 0. It keeps the compiler from simplifying (a + b) - a to b: only equal
// real numbers, not equal floats, are the same before and after.
fn rounded(v: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(v) ^ params.zero);
}

// a + b, exact.
fn exact_sum(a: f32, b: f32) -> vec2f {
  let sum = rounded(a + b);
  let b_part = rounded(sum - a);
  let a_part = rounded(sum - b_part);
  return vec2f(sum, rounded(a - a_part) + rounded(b - b_part));
}

// a + b, exact, for |a| >= |b|; brings a pair back into form.
fn normalised(v: vec2f) -> vec2f {
  let sum = rounded(v.x + v.y);
  return vec2f(sum, v.y - rounded(sum - v.x));
}

// The upper 12 of a float's 24 bits; products of two such halves are exact.
fn upper_half(v: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(v) & 0xfffff000u);
}

// a b, exact.
fn exact_product(a: f32, b: f32) -> vec2f {
  let product = rounded(a * b);
  let a1 = upper_half(a);
  let b1 = upper_half(b);
  let a2 = a - a1;
  let b2 = b - b1;
  return vec2f(product, rounded(rounded(rounded(a1 * b1 - product) + a1 * b2) + a2 * b1) + a2 * b2);
}

// A long sum: call for every term, and add the parts at the end.
fn accumulate2(sum: vec2f, term: f32) -> vec2f {
  let next = exact_sum(sum.x, term);
  return vec2f(next.x, sum.y + next.y);
}

fn add2(a: vec2f, b: vec2f) -> vec2f {
  let sum = exact_sum(a.x, b.x);
  return normalised(vec2f(sum.x, sum.y + (a.y + b.y)));
}

fn multiply2(a: vec2f, b: vec2f) -> vec2f {
  let product = exact_product(a.x, b.x);
  return normalised(vec2f(product.x, product.y + (a.x * b.y + a.y * b.x)));
}

fn divide2(a: vec2f, n: f32) -> vec2f {
  let quotient = a.x / n;
  let product = exact_product(quotient, n);
  return normalised(vec2f(quotient, ((a.x - product.x) - product.y + a.y) / n));
}

// 1 / sqrt(v): one step of Newton's iteration from the f32 result.
fn inverse_sqrt2(v: vec2f) -> vec2f {
  let guess = 1.0 / sqrt(v.x);
  let square = multiply2(v, exact_product(guess, guess));
  let error = (1.0 - square.x) - square.y;
  return normalised(vec2f(guess, 0.5 * guess * error));
}

// relu(a): the sign is that of the leading part.
fn relu2(a: vec2f) -> vec2f {
  return select(a, vec2f(), a.x < 0.0);
}
