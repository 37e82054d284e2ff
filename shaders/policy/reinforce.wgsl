// REINFORCE (equation 5 of the paper): from the accuracies of one batch before and after the transformation to the
// gradient of the loss -(log pi) advantage - lambda H.
//   reward = hits_after / images - hits_before / images - cost_weight cost;  advantage = reward - baseline
//   grad_log_prob = -scale advantage;  the baseline then moves: b = decay b + (1 - decay) reward
// before, after: loss sum, top-1 hits, top-5 hits, images. cost, log_prob, entropy: one float each.
// state: the baseline. totals: steps, and sums of reward, accuracy before, accuracy after, log pi, entropy.
// One invocation.
struct Params {
  scale: f32,
  cost_weight: f32,
  use_baseline: u32,
  decay: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> before: array<f32>;
@group(0) @binding(2) var<storage, read> after: array<f32>;
@group(0) @binding(3) var<storage, read> cost: array<f32>;
@group(0) @binding(4) var<storage, read> log_prob: array<f32>;
@group(0) @binding(5) var<storage, read> entropy: array<f32>;
@group(0) @binding(6) var<storage, read_write> state: array<f32>;
@group(0) @binding(7) var<storage, read_write> totals: array<f32>;
@group(0) @binding(8) var<storage, read_write> grad_log_prob: array<f32>;

@compute @workgroup_size(1)
fn main() {
  let accuracy_before = before[1] / before[3];
  let accuracy_after = after[1] / after[3];
  let reward = accuracy_after - accuracy_before - params.cost_weight * cost[0];
  var advantage = reward;
  if (params.use_baseline != 0u) {
    advantage -= state[0];
    state[0] = params.decay * state[0] + (1.0 - params.decay) * reward;
  }
  grad_log_prob[0] = -params.scale * advantage;
  totals[0] += 1.0;
  totals[1] += reward;
  totals[2] += accuracy_before;
  totals[3] += accuracy_after;
  totals[4] += log_prob[0];
  totals[5] += entropy[0];
}
