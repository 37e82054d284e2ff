// A depthwise window of up to 5x5 taps and the gradient of its weight, for a workgroup that takes one channel. The window
// stands in a frame of 5x5 whose middle is the tap that reads the pixel itself; taps outside of the window are zero.
// Needs `weight`, `partials` and LANES, as in @workgroup_size, at least 50.

const FRAME = 25u;

// One row of the frame: 3 taps, and those outside of them.
struct Taps {
  inner: vec3f,
  outer: vec2f,
}

// All rows, `row2` being the middle one.
struct FrameTaps {
  row0: Taps,
  row1: Taps,
  row2: Taps,
  row3: Taps,
  row4: Taps,
}

// Whether the weight's gradient is added to what is there.
override ACCUMULATE_WEIGHT: bool = false;

var<workgroup> shared_taps: array<f32, FRAME>;

// Of a tap, the lanes' sums one after the other, and one place left out, so that taps lie in different banks.
const TAP_STEP = LANES + 1u;
var<workgroup> lane_sums: array<f32, FRAME * TAP_STEP>;

// Number of the window's tap that stands at `place` of the frame; a large number where there is none.
fn tap_at(place: u32) -> u32 {
  let ky = place / 5u + u32(params.pad_h) / params.dilation - 2u;
  let kx = place % 5u + u32(params.pad_w) / params.dilation - 2u;
  return select(0xffffffffu, ky * params.kernel_w + kx, ky < params.kernel_h && kx < params.kernel_w);
}

// Loads a channel's window.
fn share_taps(channel: u32, lane: u32) {
  if (lane < FRAME) {
    let taps = params.kernel_h * params.kernel_w;
    let tap = tap_at(lane);
    shared_taps[lane] = select(0.0, weight[channel * taps + min(tap, taps - 1u)], tap < taps);
  }
  workgroupBarrier();
}

fn taps_in_row(row: u32) -> Taps {
  let at = 5u * row;
  return Taps(
    vec3f(shared_taps[at + 1u], shared_taps[at + 2u], shared_taps[at + 3u]),
    vec2f(shared_taps[at], shared_taps[at + 4u]),
  );
}

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
