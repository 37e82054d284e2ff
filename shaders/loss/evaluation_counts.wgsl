// Adds a batch's predictions to counts by class: confusion[t,p] += 1 for an image of class t whose best logit is p
// (ties go to the lower class), totals[t] += (1, whether fewer than 5 classes are better), losses[t] += its
// cross-entropy. An image with a logit that is no finite number counts in totals[t].x alone.
// logits: (N,K), target_class: (N), live: (1), confusion: (K,K), totals: (K,2), losses: (K). Rows from live[0] on are
// padding and count for nothing. One invocation: all rows of one class, in order.
//#include "lib/grid.wgsl"
struct Params {
  n: u32,
  k: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> target_class: array<i32>;
@group(0) @binding(3) var<storage, read> live: array<u32>;
@group(0) @binding(4) var<storage, read_write> confusion: array<u32>;
@group(0) @binding(5) var<storage, read_write> totals: array<vec2u>;
@group(0) @binding(6) var<storage, read_write> losses: array<f32>;

const EXPONENT = 0x7f800000u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let class_id = linear_id(id, workgroups, 64u);
  let k = params.k;
  if (class_id >= k) {
    return;
  }
  for (var row = 0u; row < min(live[0], params.n); row++) {
    if (target_class[row] != i32(class_id)) {
      continue;
    }
    let base = row * k;
    let wanted = logits[base + class_id];
    var best = 0u;
    var rank = 0u;
    // by their bits: shaders may take comparisons of what is not a number as they please
    var finite = true;
    for (var j = 0u; j < k; j++) {
      let x = logits[base + j];
      finite &= (bitcast<u32>(x) & EXPONENT) != EXPONENT;
      if (x > logits[base + best]) {
        best = j;
      }
      rank += u32(x > wanted || (x == wanted && j < class_id));
    }
    if (!finite) {
      totals[class_id] += vec2u(1, 0);
      continue;
    }
    let largest = logits[base + best];
    var sum = 0.0;
    for (var j = 0u; j < k; j++) {
      sum += exp(logits[base + j] - largest);
    }
    confusion[class_id * k + best] += 1u;
    totals[class_id] += vec2u(1, u32(rank < 5u));
    losses[class_id] += (largest - wanted) + log(sum);
  }
}
