// The sum over the 64 lanes of a workgroup, added as a tree; every lane gets it.
var<workgroup> lane_totals: array<f32, 64>;

fn workgroup_total(lane: u32, value: f32) -> f32 {
  lane_totals[lane] = value;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half /= 2u) {
    if (lane < half) {
      lane_totals[lane] += lane_totals[lane + half];
    }
    workgroupBarrier();
  }
  let total = lane_totals[0];
  workgroupBarrier();
  return total;
}
