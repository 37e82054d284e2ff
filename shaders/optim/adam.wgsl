// Adam (Kingma and Ba, 2015) over a stretch of weights, with weight decay in the gradient as in torch.optim.Adam:
//   g = scale * grad + weight_decay * w
//   m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2
//   w -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
// weights, grads, first (m), second (v): n floats in groups of 4. settings: scale, weight_decay, beta1, 1 - beta1,
// beta2, 1 - beta2, lr / (1 - beta1^t), 1 / sqrt(1 - beta2^t), eps. One invocation: 4 groups, 64 apart.
//#include "lib/grid.wgsl"
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
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let invocation = linear_id(id, workgroups, 64u);
  let begin = (invocation / 64u) * 256u + invocation % 64u;
  let end = min(begin + 256u, params.n / 4u);
  let scale = settings[0];
  let weight_decay = settings[1];
  let beta1 = settings[2];
  let rest1 = settings[3];
  let beta2 = settings[4];
  let rest2 = settings[5];
  let step_size = settings[6];
  let correction = settings[7];
  let eps = settings[8];
  for (var i = begin; i < end; i += 64u) {
    let w = weights[i];
    let g = scale * grads[i] + weight_decay * w;
    let m = beta1 * first[i] + rest1 * g;
    let v = beta2 * second[i] + rest2 * g * g;
    first[i] = m;
    second[i] = v;
    weights[i] = w - step_size * m / (sqrt(v) * correction + eps);
  }
}
