// Mean cross-entropy with smoothed targets, and what its gradient and the metrics need. Per row of logits:
//   loss = (1 - s) (lse - x_t) + s/K sum_j (lse - x_j),  lse = max + log_sum,  log_sum = log sum_j exp(x_j - max)
// Then the mean of the rows' losses, summed in order; if has_metrics, metrics (+)= (loss sum, top-1, top-5, rows).
// logits: (N,K), target: (N), rows: (4,N) = loss, rank of the target (0 = best; ties go to the lower index), max,
// log_sum. loss: (1), metrics: (4). lse is kept in two parts because near a large max their sum would lose the digits
// that count. One workgroup: everything.
struct Params {
  n: u32,
  k: u32,
  label_smoothing: f32,
  has_metrics: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> target_class: array<i32>;
@group(0) @binding(3) var<storage, read_write> rows: array<f32>;
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;
@group(0) @binding(5) var<storage, read_write> metrics: array<f32>;

const LANES = 64u;

fn write_row(row: u32) {
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

fn write_mean() {
  var sum = 0.0;
  var top1 = 0u;
  var top5 = 0u;
  for (var i = 0u; i < params.n; i++) {
    let rank = rows[params.n + i];
    sum += rows[i];
    top1 += u32(rank < 1.0);
    top5 += u32(rank < 5.0);
  }
  loss[0] = sum / f32(params.n);
  let counts = vec4f(sum, f32(top1), f32(top5), f32(params.n));
  for (var i = 0u; i < 4u * params.has_metrics; i++) {
    metrics[i] = counts[i] + select(0.0, metrics[i], params.accumulate != 0u);
  }
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  for (var row = lane; row < params.n; row += LANES) {
    write_row(row);
  }
  storageBarrier();
  if (lane == 0u) {
    write_mean();
  }
}
