// y = relu?(A(a) + B(b)): the sum of a node's two edges, or with one input the batch norm that is pending on it.
// A(a) = a_affine[c] * a + a_affine[C + c] where a_has_affine, else a; B likewise.
// a, b, y: (N,C,P), P pixels a plane, as n floats in groups of 4. One invocation: 4 neighbours.
//#include "lib/channels.wgsl"
//#include "lib/linear.wgsl"
struct Params {
  n: u32,
  channels: u32,
  plane: u32,
  has_b: u32,
  a_has_affine: u32,
  b_has_affine: u32,
  relu: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> a_affine: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<vec4f>;
@group(0) @binding(4) var<storage, read> b_affine: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let quad = linear_id(id, groups, 64u);
  if (4u * quad >= params.n) {
    return;
  }
  var sum = a[quad];
  if (params.a_has_affine != 0u) {
    let c = channels_of(4u * quad, params.channels, params.plane);
    let d = c + params.channels;
    let scale = vec4f(a_affine[c.x], a_affine[c.y], a_affine[c.z], a_affine[c.w]);
    sum = scale * sum + vec4f(a_affine[d.x], a_affine[d.y], a_affine[d.z], a_affine[d.w]);
  }
  if (params.has_b != 0u) {
    var term = b[quad];
    if (params.b_has_affine != 0u) {
      let c = channels_of(4u * quad, params.channels, params.plane);
      let d = c + params.channels;
      let scale = vec4f(b_affine[c.x], b_affine[c.y], b_affine[c.z], b_affine[c.w]);
      term = scale * term + vec4f(b_affine[d.x], b_affine[d.y], b_affine[d.z], b_affine[d.w]);
    }
    sum += term;
  }
  // NaN stays NaN: a broken run must not look healthy.
  y[quad] = select(sum, vec4f(0), (sum < vec4f(0)) & vec4<bool>(params.relu != 0u));
}
