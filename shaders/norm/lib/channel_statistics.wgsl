// Mean and deviation of a channel, or of two, from its chunks, by all lanes of a workgroup.
// Needs LANES, as in @workgroup_size, a power of 2.
var<workgroup> sums: array<vec4f, LANES>;

fn sum_of_lanes(lane: u32, mine: vec4f) -> vec4f {
  sums[lane] = mine;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      sums[lane] += sums[lane + half];
    }
  }
  let all = workgroupUniformLoad(&sums[0]);
  workgroupBarrier();
  return all;
}

struct Statistics {
  mean: f32,
  inverse: f32,
}

// From the sums of the chunks' deviations from `origin`, which is near the mean, and of their squares.
fn statistics(count: f32, eps: f32, origin: f32, deviations: f32, squares: f32) -> Statistics {
  let off = deviations / count;
  return Statistics(origin + off, 1.0 / sqrt((squares - deviations * off) / count + eps));
}

// Scale and shift of its batch norm.
fn affine_of(found: Statistics) -> vec2f {
  return vec2f(found.inverse, -found.mean * found.inverse);
}
