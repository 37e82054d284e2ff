// The rate of fused multiply-adds: chains x <- a x + b that stay in registers.
// values: three vec4s an invocation, one a chain. Chain c of invocation i begins at (i mod 8) + 4 c + (0, 1, 2, 3), and
// r steps later holds a^r x + b (1 - a^r) / (1 - a). Twelve independent numbers hide the latency of one operation.
// One round: 4 steps.
override FUSED: bool = true;
struct Params {
  rounds: u32,
  a: f32,
  b: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> values: array<vec4f>;

fn advance(x: vec4f, a: vec4f, b: vec4f) -> vec4f {
  if (FUSED) {
    return fma(x, a, b);
  }
  return x * a + b;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let a = vec4f(params.a);
  let b = vec4f(params.b);
  var x = vec4f(f32(id.x % 8u)) + vec4f(0.0, 1.0, 2.0, 3.0);
  var y = x + 4.0;
  var z = x + 8.0;
  for (var round = 0u; round < params.rounds; round++) {
    x = advance(x, a, b);
    y = advance(y, a, b);
    z = advance(z, a, b);
    x = advance(x, a, b);
    y = advance(y, a, b);
    z = advance(z, a, b);
    x = advance(x, a, b);
    y = advance(y, a, b);
    z = advance(z, a, b);
    x = advance(x, a, b);
    y = advance(y, a, b);
    z = advance(z, a, b);
  }
  values[3u * id.x] = x;
  values[3u * id.x + 1u] = y;
  values[3u * id.x + 2u] = z;
}
