// Gradient of max_pool2d_3x3.wgsl: grad_x (+)= the grad_y of every window that a pixel won. Layouts as there.
// One invocation: a strip of pairs of pixels (pool/lib/pool_pairs.wgsl), which gathers from the windows around it.
// Grid: (pairs, strips, planes).
//#include "lib/grid.wgsl"
//#include "pool/lib/pool_strips.wgsl"
//#include "pool/lib/pool_pairs.wgsl"
// Known at compile time, since a load that is not needed takes as long as one that is, and so does a loop of no turns.
override ACCUMULATE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<vec4f>;
@group(0) @binding(2) var<storage, read> argmax: array<u32>;
@group(0) @binding(3) var<storage, read_write> grad_x: array<vec4f>;

// The place of no pixel.
const NOWHERE = 15u;

// Windows of one row: those of 4 columns, and the two beside them.
struct Windows {
  left_place: u32,
  place: vec4u,
  right_place: u32,
  left: f32,
  grad: vec4f,
  right: f32,
}

struct WindowPair {
  first: Windows,
  second: Windows,
}

fn places(packed: u32) -> vec4u {
  return (vec4u(packed) >> vec4u(0u, 4u, 8u, 12u)) & vec4u(15u);
}

// Windows outside the image have a place of no pixel.
fn load_windows(row: u32, inside: bool, column: u32, pair: Pair) -> WindowPair {
  let at = row * params.quads + pair.quad;
  let c0 = grad_y[at];
  let c1 = grad_y[at + pair.second];
  let before = grad_y[at - u32(pair.has_left)].w;
  let after = grad_y[at + pair.second + u32(pair.has_right)].x;
  let word = row * pairs() + column;
  let packed = select(~0u, argmax[word], inside);
  let place0 = places(packed);
  let place1 = places(packed >> 16u);
  let place_before = select(NOWHERE, argmax[word - u32(pair.has_left)] >> 28u, inside && pair.has_left);
  let place_after = select(NOWHERE, argmax[word + u32(pair.has_right)] & 15u, inside && pair.has_right);
  let place_next = select(NOWHERE, place1.x, pair.second > 0u);
  return WindowPair(
    Windows(place_before, place0, place_next, before, c0, c1.x),
    Windows(place0.w, place1, place_after, c0.w, c1, after),
  );
}

// What the pixels won in whose windows they are the row that begins at `place`.
fn won(w: Windows, place: u32) -> vec4f {
  let left_place = vec4u(w.left_place, w.place.xyz);
  let right_place = vec4u(w.place.yzw, w.right_place);
  let left = select(vec4f(), vec4f(w.left, w.grad.xyz), left_place == vec4u(place + 2u));
  let same = select(vec4f(), w.grad, w.place == vec4u(place + 1u));
  let right = select(vec4f(), vec4f(w.grad.yzw, w.right), right_place == vec4u(place));
  return (left + same) + right;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let strip = strip_at(linear_id(id, workgroups, 64u), pairs());
  if (strip.plane >= params.planes) {
    return;
  }
  let pair = pair_at(strip.column);
  let plane = strip.plane * params.h;
  // sums of the pixel rows that have seen one and two of their three rows of windows
  var sum1 = Columns();
  var sum2 = Columns();
  for (var i = 0u; i < strip.end - strip.top + 2u; i++) {
    // row -1 is a large u32
    let row = strip.top + i - 1u;
    let w = load_windows(plane + min(row, params.h - 1u), row < params.h, strip.column, pair);
    var sum = Columns(sum2.first + won(w.first, 0u), sum2.second + won(w.second, 0u));
    sum2 = Columns(sum1.first + won(w.first, 3u), sum1.second + won(w.second, 3u));
    sum1 = Columns(won(w.first, 6u), won(w.second, 6u));
    let at = (plane + row_of_result(strip, i)) * params.quads + pair.quad;
    if (ACCUMULATE) {
      let complete = i >= 2u;
      sum.first = grad_x[at] + select(vec4f(), sum.first, complete);
      sum.second = grad_x[at + pair.second] + select(vec4f(), sum.second, complete);
    }
    grad_x[at + pair.second] = sum.second;
    grad_x[at] = sum.first;
  }
}
