// What GELU is made of: y = x P(x), where P is the normal distribution's, or close to it.
const ROOT_HALF: f32 = 0.70710678118654752;
const ROOT_2_OVER_PI: f32 = 0.79788456080286536;
const ONE_OVER_ROOT_2_PI: f32 = 0.39894228040143268;
const CUBIC: f32 = 0.044715;

// The error function, to less than 1e-7: a polynomial near 0, 1 - exp(a polynomial) further out.
fn erf4(x: vec4f) -> vec4f {
  let t = abs(x);
  let s = x * x;
  var far = (-1.72853470e-5 * t + 3.83197126e-4) * s + (-3.88396438e-3 * t + 2.42546219e-2);
  far = ((far * t - 1.06777877e-1) * t - 6.34846687e-1) * t - 1.28717512e-1;
  far = sign(x) * (1.0 - exp(far * t - t));
  var near = ((-5.96761703e-4 * s + 4.99119423e-3) * s - 2.67681349e-2) * s + 1.12819925e-1;
  near = ((near * s - 3.76125336e-1) * s + 1.28379166e-1) * x + x;
  return select(near, far, t > vec4f(0.927734375));
}

// tanh, which large arguments do not overflow.
fn tanh4(x: vec4f) -> vec4f {
  return 1.0 - 2.0 / (exp(2.0 * clamp(x, vec4f(-20), vec4f(20))) + 1.0);
}

fn gelu4(x: vec4f) -> vec4f {
  return 0.5 * x * (1.0 + erf4(ROOT_HALF * x));
}

fn gelu_slope4(x: vec4f) -> vec4f {
  return 0.5 * (1.0 + erf4(ROOT_HALF * x)) + x * (ONE_OVER_ROOT_2_PI * exp(-0.5 * x * x));
}

fn gelu_tanh4(x: vec4f) -> vec4f {
  return 0.5 * x * (1.0 + tanh4(ROOT_2_OVER_PI * (x + CUBIC * x * x * x)));
}

fn gelu_tanh_slope4(x: vec4f) -> vec4f {
  let t = tanh4(ROOT_2_OVER_PI * (x + CUBIC * x * x * x));
  return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * (ROOT_2_OVER_PI * (1.0 + 3.0 * CUBIC * x * x));
}
