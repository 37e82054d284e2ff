// What a tile of a convolution's result reads and stores: y from x, or the gradient of x from that of y, with the
// windows turned. Needs `weight`, `x`, `result` (the latter two as vec4f) and lib/activation.wgsl.

// Channels.
override SOURCES: u32 = 20u;
override RESULTS: u32 = 20u;
// What was done to x; whether the result is the gradient of x, and whether it is added to what is there.
override AFFINE: u32 = 1u;
override RELU: u32 = 1u;
override TURNED: u32 = 0u;
override ACCUMULATE: u32 = 0u;

// The source as it is after a pending batch norm and ReLU.
fn of_source(stored: vec4f, channel: u32) -> vec4f {
  var v = stored;
  if (TURNED == 0u && AFFINE != 0u) {
    let a = scale_shift(channel, SOURCES);
    v = v * a.x + a.y;
  }
  if (TURNED == 0u && RELU != 0u) {
    v = max(v, vec4f());
  }
  return v;
}

// Weights of 4 result channels for a source channel and a tap of `taps`. Past the last source channel zeros; past the
// last result channel any, since nobody stores what comes of them.
fn load_weights(first: u32, s: u32, tap: u32, taps: u32) -> vec4f {
  let turned = TURNED != 0u;
  let step = select(SOURCES * taps, taps, turned);
  let of_channels = select(
    min(first + vec4u(0u, 1u, 2u, 3u), vec4u(RESULTS - 1u)) * step,
    min(first, RESULTS - min(RESULTS, 4u)) * step + vec4u(0u, step, 2u * step, 3u * step),
    RESULTS % 4u == 0u,
  );
  let at = of_channels + min(s, SOURCES - 1u) * select(taps, RESULTS * taps, turned) + select(tap, taps - 1u - tap, turned);
  return select(vec4f(), vec4f(weight[at.x], weight[at.y], weight[at.z], weight[at.w]), s < SOURCES);
}

fn store(i: u32, channel: u32, value: vec4f) {
  var v = value;
  if (TURNED * RELU != 0u) {
    v = mask4(v, x[i], scale_shift(channel, RESULTS));
  }
  if (ACCUMULATE != 0u) {
    v += result[i];
  }
  result[i] = v;
}
