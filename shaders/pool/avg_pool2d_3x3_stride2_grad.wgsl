// Gradient of avg_pool2d_3x3_stride2.wgsl: grad_x (+)= grad_y / (pixels of the window inside the image), over the
// windows that cover a pixel. Layouts as there.
// One invocation: a strip of windows (lib/pool_strips.wgsl), for the pixels in their lower right 2x2.
// Grid: P*strips*quads.
//#include "lib/grid.wgsl"
//#include "pool/lib/pool_strips.wgsl"
//#include "pool/lib/pool_counts.wgsl"
//#include "pool/lib/pool_pixels.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> grad_x: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let strip = strip_at(linear_id(id, workgroups, 64u), params.quads);
  if (strip.plane >= params.planes) {
    return;
  }
  let has_left = strip.column > 0u;
  let has_right = strip.column + 1u < params.quads;
  let plane = strip.plane * params.h;
  var above = Pixels();
  for (var i = 0u; i <= strip.end - strip.top; i++) {
    let row = strip.top + i;
    let at = (plane + min(row, params.h - 1u)) * params.quads + strip.column;
    let counts = window_counts(row, has_left);
    let share = select(vec4f(), grad_y[at] / counts, row < params.h);
    // the window to the right, which has all its columns
    let after = select(0.0, grad_y[at + u32(has_right)].x / counts.y, row < params.h && has_right);
    let same = interleave(share, share + vec4f(share.yzw, after));
    store_pixels(strip, i, Pixels(above.c0 + same.c0, above.c1 + same.c1), same);
    above = same;
  }
}
