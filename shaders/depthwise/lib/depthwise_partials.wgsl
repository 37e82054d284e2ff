// Partial sums of the weight's gradient of a depthwise window of up to 5x5 taps. Needs `partials`.

// One row: 3 taps, and those outside of them.
struct Taps {
  inner: vec3f,
  outer: vec2f,
}

// Stores those of the 5 rows, from the highest to the lowest, that lie in the window.
fn store_partials(part: u32, channel: u32, row0: Taps, row1: Taps, row2: Taps, row3: Taps, row4: Taps) {
  var next0 = row0;
  var next1 = row1;
  var next2 = row2;
  var next3 = row3;
  let base = (part * params.result_channels + channel) * params.kernel_h * params.kernel_w;
  let top = params.pad_h / i32(params.dilation) - 2;
  let left = params.pad_w / i32(params.dilation) - 2;
  for (var ky = top; ky < top + 5; ky++) {
    var row = next0;
    for (var kx = left; kx < left + 5; kx++) {
      if (ky >= 0 && ky < i32(params.kernel_h) && kx >= 0 && kx < i32(params.kernel_w)) {
        let to = base + u32(ky * i32(params.kernel_w) + kx);
        partials[to] = row.outer.x + select(0.0, partials[to], params.accumulate != 0u);
      }
      row = Taps(vec3f(row.inner.yz, row.outer.y), vec2f(row.inner.x, 0.0));
    }
    next0 = next1;
    next1 = next2;
    next2 = next3;
    next3 = row4;
  }
}
