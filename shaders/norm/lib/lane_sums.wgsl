// The sums of norm/lib/batch_norm_sums.wgsl as the lanes of a workgroup make them, and those of all lanes.
// Needs LANES, as in @workgroup_size, a power of 2.
//#include "lib/double_float.wgsl"
struct LaneSums {
  // sum g and sum g x^ with their low parts; sum x^
  g: vec2f,
  gx: vec2f,
  x: f32,
}

var<workgroup> lane_sums: array<vec4f, LANES>;
var<workgroup> lane_sums_x: array<f32, LANES>;

// Adds what 4 pixels give. They are first added in plain f32: their own rounding is random from group to group, while
// that of a long running sum is not.
fn add_quad(sums: LaneSums, g: vec4f, normal: vec4f) -> LaneSums {
  let gx = g * normal;
  return LaneSums(
    accumulate2(sums.g, (g.x + g.y) + (g.z + g.w)),
    accumulate2(sums.gx, (gx.x + gx.y) + (gx.z + gx.w)),
    sums.x + ((normal.x + normal.y) + (normal.z + normal.w)),
  );
}

// Of the first `lanes` lanes, added as a tree; that of the others is zero.
fn sum_of_lanes(lane: u32, mine: LaneSums, lanes: u32) -> LaneSums {
  lane_sums[lane] = vec4f(mine.g, mine.gx);
  lane_sums_x[lane] = mine.x;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (half < lanes) {
      workgroupBarrier();
      if (lane < half) {
        let a = lane_sums[lane];
        let b = lane_sums[lane + half];
        lane_sums[lane] = vec4f(add2(a.xy, b.xy), add2(a.zw, b.zw));
        lane_sums_x[lane] += lane_sums_x[lane + half];
      }
    }
  }
  let sums = workgroupUniformLoad(&lane_sums[0]);
  return LaneSums(sums.xy, sums.zw, workgroupUniformLoad(&lane_sums_x[0]));
}

// As a part of the sums is stored.
fn as_part(sums: LaneSums) -> vec4f {
  return vec4f(sums.g, sums.gx.x + sums.gx.y, sums.x);
}

// Adds a part that is stored so.
fn add_part(sums: LaneSums, part: vec4f) -> LaneSums {
  return LaneSums(
    accumulate2(sums.g, part.x) + vec2f(0.0, part.y),
    accumulate2(sums.gx, part.z),
    sums.x + part.w,
  );
}
