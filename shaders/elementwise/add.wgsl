// y = f(A(a) + B(b)), f being nothing, ReLU or ReLU6: the sum of a node's two edges, or with one input the batch norm
// that is pending on it. A(a) = affine_of_a[c] * a + affine_of_a[C + c] where params.a_affine is 1, else a; B likewise,
// and 0 where params.has_b is 0.
// a, b, y: (N,C,P), P pixels a plane, as n floats in groups of 4. One invocation: `strip` neighbouring groups of a
// plane; where planes are not whole groups, the tensor counts as one plane of them. Grid: (strips, planes).
//#include "elementwise/lib/channels.wgsl"
//#include "lib/grid.wgsl"
override RELU: bool = false;
override RELU6: bool = false;

struct Params {
  n: u32,
  channels: u32,
  // pixels of a plane; groups of one, as this kernel walks through them; strips of groups in it
  plane: u32,
  plane_quads: u32,
  strip: u32,
  strips: u32,
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

// Scale and shift of 4 elements; without a pending batch norm, 1 and 0.
fn affine_a(c: vec4u, at: u32) -> vec4f {
  let d = c + at;
  let loaded = vec4f(affine_of_a[d.x], affine_of_a[d.y], affine_of_a[d.z], affine_of_a[d.w]);
  return select(vec4f(f32(at == 0u)), loaded, params.a_affine != 0u);
}

fn affine_b(c: vec4u, at: u32) -> vec4f {
  let d = c + at;
  let loaded = vec4f(affine_of_b[d.x], affine_of_b[d.y], affine_of_b[d.z], affine_of_b[d.w]);
  return select(vec4f(f32(at == 0u)), loaded, params.b_affine != 0u);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  var rest = linear_id(id, workgroups, 64u);
  let strip = next_coordinate(&rest, params.strips);
  let plane = rest;
  let begin = plane * params.plane_quads + strip * params.strip;
  let end = min(begin + params.strip, min((plane + 1u) * params.plane_quads, (params.n + 3u) / 4u));
  let c = channels_of(4u * begin, params.channels, params.plane);
  let scale_a = affine_a(c, 0u);
  let shift_a = affine_a(c, params.channels);
  let scale_b = affine_b(c, 0u);
  let shift_b = affine_b(c, params.channels);
  for (var q = begin; q < end; q++) {
    let term = scale_b * b[q] + shift_b;
    var sum = (scale_a * a[q] + shift_a) + select(vec4f(), term, params.has_b != 0u);
    // NaN stays NaN: a broken run must not look healthy.
    if (RELU || RELU6) {
      sum = select(sum, vec4f(0), sum < vec4f(0));
    }
    if (RELU6) {
      sum = select(sum, vec4f(6), sum > vec4f(6));
    }
    y[q] = sum;
  }
}
