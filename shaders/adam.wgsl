// Adam (Kingma and Ba, 2015) over a stretch of weights, with weight decay in the gradient as in torch.optim.Adam:
//   g = scale * grad + weight_decay * w
//   m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2
//   w -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
// weights, grads, first (m), second (v): n floats in groups of 4. settings: scale, weight_decay, beta1, 1 - beta1,
// beta2, 1 - beta2, lr / (1 - beta1^t), 1 / sqrt(1 - beta2^t), eps. One invocation: 4 neighbours.
//#include "lib/linear.wgsl"
struct Params {
  n: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> settings: array<f32>;
@group(0) @binding(2) var<storage, read> grads: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> first: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> second: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linear_id(id, groups, 64u);
  if (4u * i >= params.n) {
    return;
  }
  let w = weights[i];
  let g = settings[0] * grads[i] + settings[1] * w;
  let m = settings[2] * first[i] + settings[3] * g;
  let v = settings[4] * second[i] + settings[5] * g * g;
  first[i] = m;
  second[i] = v;
  weights[i] = w - settings[6] * m / (sqrt(v) * settings[7] + settings[8]);
}
