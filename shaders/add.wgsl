// y = f(A(a) + B(b)), f being nothing, ReLU or ReLU6: the sum of a node's two edges, or with one input the batch norm that is pending on it.
// A(a) = a_affine[c] * a + a_affine[C + c] where A_AFFINE, else a; B likewise.
// a, b, y: (N,C,P), P pixels a plane, as n floats in groups of 4. One invocation: 4 neighbours.
//#include "lib/channels.wgsl"
//#include "lib/linear.wgsl"
override A_AFFINE: bool = false;
override HAS_B: bool = true;
override B_AFFINE: bool = false;
override RELU: bool = false;
override RELU6: bool = false;

struct Params {
  n: u32,
  channels: u32,
  plane: u32,
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
  var c: vec4u;
  if (A_AFFINE || B_AFFINE) {
    c = channels_of(4u * quad, params.channels, params.plane);
  }
  let d = c + params.channels;
  var sum = a[quad];
  if (A_AFFINE) {
    let scale = vec4f(a_affine[c.x], a_affine[c.y], a_affine[c.z], a_affine[c.w]);
    sum = scale * sum + vec4f(a_affine[d.x], a_affine[d.y], a_affine[d.z], a_affine[d.w]);
  }
  if (HAS_B) {
    var term = b[quad];
    if (B_AFFINE) {
      let scale = vec4f(b_affine[c.x], b_affine[c.y], b_affine[c.z], b_affine[c.w]);
      term = scale * term + vec4f(b_affine[d.x], b_affine[d.y], b_affine[d.z], b_affine[d.w]);
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
