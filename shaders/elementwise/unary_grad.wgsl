// grad_x (+)= f'(x) * grad_y, where f' is told from y = f(x). OP: 0 relu, 1 relu6 (src/ops/elementwise/unary.ts).
// y, grad_y, grad_x: n floats in groups of 4. One invocation: 4 neighbours.
//#include "lib/grid.wgsl"
override OP: u32 = 0u;

struct Params {
  n: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> y: array<vec4f>;
@group(0) @binding(2) var<storage, read> grad_y: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> grad_x: array<vec4f>;

// Where f has slope 1; elsewhere it is flat.
fn slope(v: vec4f) -> vec4<bool> {
  switch OP {
    case 1u: {
      return (v > vec4f(0)) & (v < vec4f(6));
    }
    default: {
      return v > vec4f(0);
    }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quad = linear_id(id, workgroups, 64u);
  if (4u * quad >= params.n) {
    return;
  }
  var grad = select(vec4f(0), grad_y[quad], slope(y[quad]));
  if (params.accumulate != 0u) {
    grad += grad_x[quad];
  }
  grad_x[quad] = grad;
}
