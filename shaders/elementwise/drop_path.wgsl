// y (+)= factor[n] * A(x): whole images kept or dropped. A(x) = affine[c] * x + affine[C + c] where has_affine, else x.
// x, y: (N,C,P), P pixels a plane; factors: row `row` of (rows,N). One invocation: 4 neighbours.
// The gradient is the same product with x = grad_y and without an affine.
//#include "elementwise/lib/channels.wgsl"
//#include "lib/grid.wgsl"
struct Params {
  n: u32,
  images: u32,
  channels: u32,
  plane: u32,
  row: u32,
  has_affine: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> factors: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quad = linear_id(id, workgroups, 64u);
  if (4u * quad >= params.n) {
    return;
  }
  var value = x[quad];
  if (params.has_affine != 0u) {
    let c = channels_of(4u * quad, params.channels, params.plane);
    let d = c + params.channels;
    let scale = vec4f(affine[c.x], affine[c.y], affine[c.z], affine[c.w]);
    value = scale * value + vec4f(affine[d.x], affine[d.y], affine[d.z], affine[d.w]);
  }
  let last = vec4u(params.images - 1u);
  let image = (vec4u(4u * quad) + vec4u(0, 1, 2, 3)) / (params.channels * params.plane);
  let at = vec4u(params.row * params.images) + min(image, last);
  value *= vec4f(factors[at.x], factors[at.y], factors[at.z], factors[at.w]);
  if (params.accumulate != 0u) {
    value += y[quad];
  }
  y[quad] = value;
}
