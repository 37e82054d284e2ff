// The reward of one transformation i, from the accuracies of one batch before and after it:
//   rewards[i] = hits_after / images - hits_before / images - cost_weight costs[i]
// before, after: loss sum, top-1 hits, top-5 hits, images. costs, rewards: one for each transformation. totals: as in
// advantages.wgsl, of which the sums of the accuracies before and after are moved on. One invocation.
struct Params {
  transformation: u32,
  cost_weight: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> before: array<f32>;
@group(0) @binding(2) var<storage, read> after: array<f32>;
@group(0) @binding(3) var<storage, read> costs: array<f32>;
@group(0) @binding(4) var<storage, read_write> rewards: array<f32>;
@group(0) @binding(5) var<storage, read_write> totals: array<f32>;

@compute @workgroup_size(1)
fn main() {
  let i = params.transformation;
  let accuracy_before = before[1] / before[3];
  let accuracy_after = after[1] / after[3];
  rewards[i] = accuracy_after - accuracy_before - params.cost_weight * costs[i];
  totals[2] += accuracy_before;
  totals[3] += accuracy_after;
}
