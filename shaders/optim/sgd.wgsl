// SGD with momentum over a stretch of weights, with weight decay in the gradient as in torch.optim.SGD:
//   g = scale * grad + weight_decay * w,  velocity = momentum * velocity + g,  w -= lr * velocity
// weights, grads, velocity: n floats in groups of 4. settings: scale, lr, momentum, weight_decay.
// One invocation: 4 groups, 64 apart.
//#include "lib/grid.wgsl"
struct Params {
  n: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> settings: array<f32>;
@group(0) @binding(2) var<storage, read> grads: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> velocity: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let invocation = linear_id(id, workgroups, 64u);
  let begin = (invocation / 64u) * 256u + invocation % 64u;
  let end = min(begin + 256u, params.n / 4u);
  let scale = settings[0];
  let lr = settings[1];
  let momentum = settings[2];
  let weight_decay = settings[3];
  for (var i = begin; i < end; i += 64u) {
    let w = weights[i];
    let v = momentum * velocity[i] + (scale * grads[i] + weight_decay * w);
    velocity[i] = v;
    weights[i] = w - lr * v;
  }
}
