// Mean and sum of squared deviations of 64 pixels, a chunk of batch norm's first stage, from those of the invocations
// that have them: LANES neighbours of 64 / LANES pixels each, for kernels that keep 4 result channels in registers.
// Needs `tile`, at least 2 INVOCATIONS vec4s of workgroup memory, which nobody reads any more.
//#include "conv/lib/sum_of.wgsl"

// Of 4 and of 8 values.
fn moments_of_4(v: vec4f) -> vec2f {
  let mean = sum_of(v) / 4.0;
  let d = v - mean;
  return vec2f(mean, sum_of(d * d));
}

fn moments_of_8(v: vec4f, w: vec4f) -> vec2f {
  let mean = sum_of(v + w) / 8.0;
  let d = v - mean;
  let e = w - mean;
  return vec2f(mean, sum_of(d * d + e * e));
}

// Leaves an invocation's moments of 4 channels for the others.
fn leave_moments(local: u32, of_first: vec4f, of_last: vec4f) {
  tile[local] = of_first;
  tile[INVOCATIONS + local] = of_last;
  workgroupBarrier();
}

// Of the chunk whose invocations begin at `first`, for one of the 4 channels. The lanes that call this begin at
// different invocations, so that they use different banks.
fn chunk_moments(channel: u32, first: u32, begin: u32) -> vec2f {
  let at = channel / 2u * INVOCATIONS + first;
  let odd = channel % 2u == 1u;
  let reference = select(tile[at].x, tile[at].z, odd);
  var squares = 0.0;
  var deviations = 0.0;
  var between = 0.0;
  for (var k = 0u; k < LANES; k++) {
    let of_lane = tile[at + (begin + k) % LANES];
    let d = select(of_lane.x, of_lane.z, odd) - reference;
    squares += select(of_lane.y, of_lane.w, odd);
    deviations += d;
    between += d * d;
  }
  let mean = deviations / f32(LANES);
  return vec2f(reference + mean, squares + f32(64u / LANES) * (between - deviations * mean));
}
