// SGD with momentum over a stretch of weights, with weight decay in the gradient as in torch.optim.SGD:
//   g = scale * grad + weight_decay * w,  velocity = momentum * velocity + g,  w -= lr * velocity
// weights, grads, velocity: n floats in groups of 4. settings: scale, lr, momentum, weight_decay.
// One invocation: 4 neighbours.
//#include "lib/linear.wgsl"
struct Params {
  n: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> settings: array<f32>;
@group(0) @binding(2) var<storage, read> grads: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> velocity: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linear_id(id, groups, 64u);
  if (4u * i >= params.n) {
    return;
  }
  let w = weights[i];
  let g = settings[0] * grads[i] + settings[3] * w;
  let v = settings[2] * velocity[i] + g;
  velocity[i] = v;
  weights[i] = w - settings[1] * v;
}
