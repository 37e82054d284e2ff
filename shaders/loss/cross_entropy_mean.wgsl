// loss = mean of the rows' losses, summed in order; if has_metrics, metrics += (loss sum, top-1, top-5, rows).
// rows: (4,N) of cross_entropy.wgsl, loss: (1), metrics: (4). A single invocation.
struct Params {
  n: u32,
  has_metrics: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> rows: array<f32>;
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;
@group(0) @binding(3) var<storage, read_write> metrics: array<f32>;

@compute @workgroup_size(1)
fn main() {
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
  if (params.has_metrics != 0u) {
    metrics[0] += sum;
    metrics[1] += f32(top1);
    metrics[2] += f32(top5);
    metrics[3] += f32(params.n);
  }
}
