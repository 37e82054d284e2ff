// grad_x (+)= f'(x) * grad_y, where f' is told from y = f(x), or from x: the one that is bound as `value`.
// OP: 0 relu and 1 relu6, from y; 2 gelu and 3 geluTanh, from x (src/ops/elementwise/unary.ts).
// value, grad_y, grad_x: n floats in groups of 4. One invocation: 4 neighbours.
//#include "elementwise/lib/gelu.wgsl"
//#include "lib/grid.wgsl"
override OP: u32 = 0u;

struct Params {
  n: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> value: array<vec4f>;
@group(0) @binding(2) var<storage, read> grad_y: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> grad_x: array<vec4f>;

// f' times a gradient; the first two have slope 1 or are flat.
fn times_slope(v: vec4f, grad: vec4f) -> vec4f {
  switch OP {
    case 1u: {
      return select(vec4f(0), grad, (v > vec4f(0)) & (v < vec4f(6)));
    }
    case 2u: {
      return gelu_slope4(v) * grad;
    }
    case 3u: {
      return gelu_tanh_slope4(v) * grad;
    }
    default: {
      return select(vec4f(0), grad, v > vec4f(0));
    }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quad = linear_id(id, workgroups, 64u);
  if (4u * quad >= params.n) {
    return;
  }
  var grad = times_slope(value[quad], grad_y[quad]);
  if (params.accumulate != 0u) {
    grad += grad_x[quad];
  }
  grad_x[quad] = grad;
}
