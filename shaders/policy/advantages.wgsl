// REINFORCE (equation 5 of the paper) for S samples of each of G architectures: from their rewards R to the gradient
// of the loss -sum of scale (log pi) (R - b), with a baseline b by BASELINE:
//   0  none: b = 0
//   1  moving average: state[0], which after each reward, in order, moves to decay b + (1 - decay) R
//   2  leave one out: the mean of the other samples of the same architecture, added up in order
//   3  best: in place of R - b, S / k - 1 for the k samples that have the best reward of their architecture, else -1
// rewards, log_prob, grad_log_prob: (S,G). entropy: (G). state: the moving average.
// totals: samples, and sums of reward, accuracy before, accuracy after, log pi, entropy. One invocation.
override BASELINE: u32 = 0;

struct Params {
  samples: u32,
  groups: u32,
  scale: f32,
  decay: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> rewards: array<f32>;
@group(0) @binding(2) var<storage, read> log_prob: array<f32>;
@group(0) @binding(3) var<storage, read> entropy: array<f32>;
@group(0) @binding(4) var<storage, read_write> state: array<f32>;
@group(0) @binding(5) var<storage, read_write> totals: array<f32>;
@group(0) @binding(6) var<storage, read_write> grad_log_prob: array<f32>;

fn mean_of_others(sample: u32, group: u32) -> f32 {
  var sum = 0.0;
  for (var other = 0u; other < params.samples; other++) {
    if (other != sample) {
      sum += rewards[other * params.groups + group];
    }
  }
  return sum / f32(params.samples - 1u);
}

fn advantage_of_best(sample: u32, group: u32) -> f32 {
  let reward = rewards[sample * params.groups + group];
  var equals = 0u;
  for (var other = 0u; other < params.samples; other++) {
    let other_reward = rewards[other * params.groups + group];
    if (other_reward > reward) {
      return -1.0;
    }
    equals += u32(other_reward == reward);
  }
  return f32(params.samples) / f32(equals) - 1.0;
}

@compute @workgroup_size(1)
fn main() {
  for (var i = 0u; i < params.samples * params.groups; i++) {
    let group = i % params.groups;
    let reward = rewards[i];
    var advantage = reward;
    if (BASELINE == 1u) {
      advantage = reward - state[0];
      state[0] = params.decay * state[0] + (1.0 - params.decay) * reward;
    } else if (BASELINE == 2u) {
      advantage = reward - mean_of_others(i / params.groups, group);
    } else if (BASELINE == 3u) {
      advantage = advantage_of_best(i / params.groups, group);
    }
    grad_log_prob[i] = -params.scale * advantage;
    totals[0] += 1.0;
    totals[1] += reward;
    totals[4] += log_prob[i];
    totals[5] += entropy[group];
  }
}
