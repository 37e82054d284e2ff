// The gradient of the weight of a depthwise window (depthwise/lib/workgroup_taps.wgsl) from what the lanes of a
// workgroup have summed up, each over the pixels it took. Needs `partials`, and at least 50 LANES.
//#include "depthwise/lib/workgroup_taps.wgsl"

// Whether the weight's gradient is added to what is there.
override ACCUMULATE_WEIGHT: bool = false;

// Of a tap, the lanes' sums one after the other, and one place left out, so that taps lie in different banks.
const TAP_STEP = LANES + 1u;
var<workgroup> lane_sums: array<f32, FRAME * TAP_STEP>;

fn share_sums_in_row(row: u32, lane: u32, sums: Taps) {
  let at = 5u * row * TAP_STEP + lane;
  lane_sums[at] = sums.outer.x;
  lane_sums[at + TAP_STEP] = sums.inner.x;
  lane_sums[at + 2u * TAP_STEP] = sums.inner.y;
  lane_sums[at + 3u * TAP_STEP] = sums.inner.z;
  lane_sums[at + 4u * TAP_STEP] = sums.outer.y;
}

// Adds up the lanes' sums, in two halves, and stores those of part `part`.
fn store_sums(part: u32, channel: u32, lane: u32, sums: FrameTaps) {
  share_sums_in_row(0u, lane, sums.row0);
  share_sums_in_row(1u, lane, sums.row1);
  share_sums_in_row(2u, lane, sums.row2);
  share_sums_in_row(3u, lane, sums.row3);
  share_sums_in_row(4u, lane, sums.row4);
  workgroupBarrier();
  let place = lane % FRAME;
  let begin = place * TAP_STEP + (lane / FRAME) * (LANES / 2u);
  var sum = 0.0;
  if (lane < 2u * FRAME) {
    for (var i = 0u; i < LANES / 2u; i++) {
      sum += lane_sums[begin + i];
    }
  }
  workgroupBarrier();
  if (lane < 2u * FRAME) {
    lane_sums[lane] = sum;
  }
  workgroupBarrier();
  let taps = params.kernel_h * params.kernel_w;
  let tap = tap_at(place);
  if (lane < FRAME && tap < taps) {
    let to = (part * params.result_channels + channel) * taps + tap;
    var total = lane_sums[lane] + lane_sums[lane + FRAME];
    if (ACCUMULATE_WEIGHT) {
      total += partials[to];
    }
    partials[to] = total;
  }
}
