// Adds `parts` of `partials` to a sum, in order, the first at `at`, the next `step` further.

// 1: the loads of 8 parts do not wait for one another's sums, as GPUs want it; the order of the sums is the same.
override AHEAD: u32 = 0u;

fn sum_in_order(before: f32, at: u32, step: u32, parts: u32) -> f32 {
  var sum = before;
  var part = 0u;
  if (AHEAD != 0u) {
    for (; part + 8u <= parts; part += 8u) {
      let low = at + (part + vec4u(0u, 1u, 2u, 3u)) * step;
      let high = low + 4u * step;
      let v = vec4f(partials[low.x], partials[low.y], partials[low.z], partials[low.w]);
      let w = vec4f(partials[high.x], partials[high.y], partials[high.z], partials[high.w]);
      sum = sum + v.x + v.y + v.z + v.w + w.x + w.y + w.z + w.w;
    }
  }
  for (; part < parts; part++) {
    sum += partials[at + part * step];
  }
  return sum;
}
