// A depthwise window of up to 5x5 taps, for a workgroup that takes one channel. The window stands in a frame of 5x5
// whose middle is the tap that reads the pixel itself; taps outside of the window are zero.
// Needs `weight` and LANES, as in @workgroup_size, at least 25.

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

var<workgroup> shared_taps: array<f32, FRAME>;

// Number of the window's tap that stands at `place` of the frame; a large number where there is none.
fn tap_at(place: u32) -> u32 {
  let ky = place / 5u + u32(params.pad_h) / params.dilation - 2u;
  let kx = place % 5u + u32(params.pad_w) / params.dilation - 2u;
  return select(0xffffffffu, ky * params.kernel_w + kx, ky < params.kernel_h && kx < params.kernel_w);
}

// Loads a channel's window for all lanes.
fn window_of(channel: u32, lane: u32) -> FrameTaps {
  if (lane < FRAME) {
    let taps = params.kernel_h * params.kernel_w;
    let tap = tap_at(lane);
    shared_taps[lane] = select(0.0, weight[channel * taps + min(tap, taps - 1u)], tap < taps);
  }
  workgroupBarrier();
  return FrameTaps(taps_in_row(0u), taps_in_row(1u), taps_in_row(2u), taps_in_row(3u), taps_in_row(4u));
}

fn taps_in_row(row: u32) -> Taps {
  let at = 5u * row;
  return Taps(
    vec3f(shared_taps[at + 1u], shared_taps[at + 2u], shared_taps[at + 3u]),
    vec2f(shared_taps[at], shared_taps[at + 4u]),
  );
}
