// Per row of logits: the cross-entropy with smoothed targets, and what the gradient and the metrics need.
//   loss = (1 - s) (lse - x_t) + s/K sum_j (lse - x_j),  lse = max + log_sum,  log_sum = log sum_j exp(x_j - max)
// logits: (N,K), target: (N), rows: (4,N) = loss, rank of the target (0 = best; ties go to the lower index), max,
// log_sum. lse is kept in two parts because near a large max their sum would lose the digits that count.
// One invocation: a row.
//#include "lib/grid.wgsl"
struct Params {
  n: u32,
  k: u32,
  label_smoothing: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> target_class: array<i32>;
@group(0) @binding(3) var<storage, read_write> rows: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row = linear_id(id, workgroups, 64u);
  if (row >= params.n) {
    return;
  }
  let base = row * params.k;
  var largest = logits[base];
  for (var j = 1u; j < params.k; j++) {
    largest = max(largest, logits[base + j]);
  }
  let t = u32(target_class[row]);
  let wanted = logits[base + t];
  var sum = 0.0;
  var below_max = 0.0;
  var rank = 0u;
  for (var j = 0u; j < params.k; j++) {
    let x = logits[base + j];
    sum += exp(x - largest);
    below_max += largest - x;
    rank += u32(x > wanted || (x == wanted && j < t));
  }
  let log_sum = log(sum);
  let smoothing = params.label_smoothing;
  let exact = largest - wanted + log_sum;
  let uniform_part = below_max / f32(params.k) + log_sum;
  rows[row] = (1.0 - smoothing) * exact + smoothing * uniform_part;
  rows[params.n + row] = f32(rank);
  rows[2u * params.n + row] = largest;
  rows[3u * params.n + row] = log_sum;
}
