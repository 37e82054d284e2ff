// The reward of one transformation, from the accuracies of one batch before and after it:
//   rewards[sample] = hits_after / images - hits_before / images - cost_weight cost
// before, after: loss sum, top-1 hits, top-5 hits, images. cost: (1). rewards: (S). totals: as in advantages.wgsl, of
// which the sums of the accuracies before and after are moved on. One invocation.
struct Params {
  sample: u32,
  cost_weight: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> before: array<f32>;
@group(0) @binding(2) var<storage, read> after: array<f32>;
@group(0) @binding(3) var<storage, read> cost: array<f32>;
@group(0) @binding(4) var<storage, read_write> rewards: array<f32>;
@group(0) @binding(5) var<storage, read_write> totals: array<f32>;

@compute @workgroup_size(1)
fn main() {
  let accuracy_before = before[1] / before[3];
  let accuracy_after = after[1] / after[3];
  rewards[params.sample] = accuracy_after - accuracy_before - params.cost_weight * cost[0];
  totals[2] += accuracy_before;
  totals[3] += accuracy_after;
}
