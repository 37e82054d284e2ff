// y = f(x), elementwise. OP: 0 relu, 1 relu6, 2 gelu, 3 geluTanh (src/ops/elementwise/unary.ts).
// x, y: n floats in groups of 4. One invocation: 4 neighbours.
//#include "elementwise/lib/gelu.wgsl"
//#include "lib/grid.wgsl"
override OP: u32 = 0u;

struct Params {
  n: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

// select, not max: NaN stays NaN.
fn f(v: vec4f) -> vec4f {
  switch OP {
    case 1u: {
      return select(select(v, vec4f(0), v < vec4f(0)), vec4f(6), v > vec4f(6));
    }
    case 2u: {
      return gelu4(v);
    }
    case 3u: {
      return gelu_tanh4(v);
    }
    default: {
      return select(v, vec4f(0), v < vec4f(0));
    }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quad = linear_id(id, workgroups, 64u);
  if (4u * quad < params.n) {
    y[quad] = f(x[quad]);
  }
}
