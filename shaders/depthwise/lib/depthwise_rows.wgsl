// Pieces of 8 neighbouring pixels seen through a window of up to 5 taps, 1 or 2 pixels apart, for rows that are
// multiples of 8 pixels.
// Needs `source4` as vec4f.
//#include "depthwise/lib/choose.wgsl"
struct Window {
  // the piece moved by -2, -1, 0, 1 and 2 taps; zero outside the image
  far_left: mat2x4f,
  left: mat2x4f,
  centre: mat2x4f,
  right: mat2x4f,
  far_right: mat2x4f,
}

// Row iy (a negative row is a large u32) of a plane that begins at image row `plane`; the piece begins at vec4 `quad`.
fn load_window(plane: u32, iy: u32, quad: u32, a: vec2f) -> Window {
  let row_quads = params.source_width / 4u;
  let inside = iy < params.source_height;
  let at = (plane + min(iy, params.source_height - 1u)) * row_quads + quad;
  let l = select(vec4f(), activate4(source4[max(at, 1u) - 1u], a), inside && quad > 0u);
  let c0 = select(vec4f(), activate4(source4[at], a), inside);
  let c1 = select(vec4f(), activate4(source4[at + 1u], a), inside);
  let r = select(vec4f(), activate4(source4[at + 2u], a), inside && quad + 2u < row_quads);
  let by_1_left = mat2x4f(vec4f(l.w, c0.xyz), vec4f(c0.w, c1.xyz));
  let by_2_left = mat2x4f(vec4f(l.zw, c0.xy), vec4f(c0.zw, c1.xy));
  let by_1_right = mat2x4f(vec4f(c0.yzw, c1.x), vec4f(c1.yzw, r.x));
  let by_2_right = mat2x4f(vec4f(c0.zw, c1.xy), vec4f(c1.zw, r.xy));
  let dilated = params.dilation == 2u;
  return Window(
    choose(dilated, mat2x4f(l, c0), by_2_left),
    choose(dilated, by_2_left, by_1_left),
    mat2x4f(c0, c1),
    choose(dilated, by_2_right, by_1_right),
    choose(dilated, mat2x4f(c1, r), by_2_right),
  );
}
