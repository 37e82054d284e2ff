// The taps of a depthwise window of up to 5x5, in the order of what they read: backward they come in reverse.
// Needs `weight` and WIDE: false leaves the outermost taps out.

// One row of the window: 3 taps, and those outside of them.
struct Taps {
  inner: vec3f,
  outer: vec2f,
}

// Zero outside the window.
fn tap(channel: u32, ky: i32, kx: i32) -> f32 {
  let inside = ky >= 0 && ky < i32(params.kernel_h) && kx >= 0 && kx < i32(params.kernel_w);
  let taps = params.kernel_h * params.kernel_w;
  let at = u32(select(0, ky * i32(params.kernel_w) + kx, inside));
  return select(0.0, weight[channel * taps + select(at, taps - 1u - at, backward())], inside);
}

// The middle tap, those `inner` beside it and those `outer` beside it.
fn tap_row(channel: u32, ky: i32, inner: i32, outer: i32) -> Taps {
  let middle = params.pad_w / i32(params.dilation);
  let near = vec3f(tap(channel, ky, middle - inner), tap(channel, ky, middle), tap(channel, ky, middle + inner));
  if (WIDE) {
    return Taps(near, vec2f(tap(channel, ky, middle - outer), tap(channel, ky, middle + outer)));
  }
  return Taps(near, vec2f());
}

// All rows, `row2` being the middle one.
struct WindowTaps {
  row0: Taps,
  row1: Taps,
  row2: Taps,
  row3: Taps,
  row4: Taps,
}

fn window_taps(channel: u32, inner: i32, outer: i32) -> WindowTaps {
  var w = WindowTaps();
  let top = params.pad_h / i32(params.dilation) - 2;
  for (var ky = top; ky < top + 5; ky++) {
    w = WindowTaps(w.row1, w.row2, w.row3, w.row4, tap_row(channel, ky, inner, outer));
  }
  return w;
}
