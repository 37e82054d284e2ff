// SGD with momentum over a stretch of weights, with weight decay in the gradient as in torch.optim.SGD:
//   g = scale * grad + weight_decay * w,  velocity = momentum * velocity + g,  w -= lr * velocity
// and where NESTEROV  w -= lr * (g + momentum * velocity).
// weights, grads, velocity: n floats in groups of 4. settings: scale, lr, momentum, weight_decay.
// One invocation: 4 groups, 64 apart.
//#include "lib/grid.wgsl"
override NESTEROV: bool = false;

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
    let g = scale * grads[i] + weight_decay * w;
    let v = momentum * velocity[i] + g;
    velocity[i] = v;
    if (NESTEROV) {
      weights[i] = w - lr * (g + momentum * v);
    } else {
      weights[i] = w - lr * v;
    }
  }
}
