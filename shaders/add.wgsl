// y = f(A(a) + B(b)), f being nothing, ReLU or ReLU6: the sum of a node's two edges, or with one input the batch norm
// that is pending on it. A(a) = affine_of_a[c] * a + affine_of_a[C + c] where params.a_affine is 1, else a; B likewise,
// and 0 where params.has_b is 0.
// a, b, y: (N,C,P), P pixels a plane, as n floats in groups of 4. One invocation: 4 neighbours.
//#include "lib/channels.wgsl"
//#include "lib/linear.wgsl"
override RELU: bool = false;
override RELU6: bool = false;

struct Params {
  n: u32,
  channels: u32,
  plane: u32,
  has_b: u32,
  a_affine: u32,
  b_affine: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine_of_a: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<vec4f>;
@group(0) @binding(4) var<storage, read> affine_of_b: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let quad = linear_id(id, groups, 64u);
  if (4u * quad >= params.n) {
    return;
  }
  let c = channels_of(4u * quad, params.channels, params.plane);
  let d = c + params.channels;
  var sum = a[quad];
  // loops of at most one turn, because ifs would not spare a software adapter the work
  for (var once = 0u; once < params.a_affine; once++) {
    let scale = vec4f(affine_of_a[c.x], affine_of_a[c.y], affine_of_a[c.z], affine_of_a[c.w]);
    sum = scale * sum + vec4f(affine_of_a[d.x], affine_of_a[d.y], affine_of_a[d.z], affine_of_a[d.w]);
  }
  for (var once = 0u; once < params.has_b; once++) {
    var term = b[quad];
    for (var again = 0u; again < params.b_affine; again++) {
      let scale = vec4f(affine_of_b[c.x], affine_of_b[c.y], affine_of_b[c.z], affine_of_b[c.w]);
      term = scale * term + vec4f(affine_of_b[d.x], affine_of_b[d.y], affine_of_b[d.z], affine_of_b[d.w]);
    }
    sum += term;
  }
  // NaN stays NaN: a broken run must not look healthy.
  if (RELU || RELU6) {
    sum = select(sum, vec4f(0), sum < vec4f(0));
  }
  if (RELU6) {
    sum = select(sum, vec4f(6), sum > vec4f(6));
  }
  y[quad] = sum;
}
