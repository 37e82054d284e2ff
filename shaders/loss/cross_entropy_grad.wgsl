// grad_logits[i,j] (+)= grad_loss / N * (softmax_j - (1 - s) [j = t] - s/K).
// logits, grad_logits: (N,K), rows: (4,N) of cross_entropy.wgsl. One invocation: an element.
//#include "lib/grid.wgsl"
struct Params {
  n: u32,
  k: u32,
  label_smoothing: f32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> target_class: array<i32>;
@group(0) @binding(3) var<storage, read> rows: array<f32>;
@group(0) @binding(4) var<storage, read> grad_loss: array<f32>;
@group(0) @binding(5) var<storage, read_write> grad_logits: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.n * params.k) {
    return;
  }
  let row = i / params.k;
  let probability = exp((logits[i] - rows[2u * params.n + row]) - rows[3u * params.n + row]);
  let smoothing = params.label_smoothing;
  let hit = select(0.0, 1.0 - smoothing, u32(target_class[row]) == i % params.k);
  var grad = grad_loss[0] / f32(params.n) * (probability - hit - smoothing / f32(params.k));
  if (params.accumulate != 0u) {
    grad += grad_logits[i];
  }
  grad_logits[i] = grad;
}
