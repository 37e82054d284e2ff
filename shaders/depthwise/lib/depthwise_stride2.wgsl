// What pieces of 4 neighbouring result pixels of stride 2 see of a source row through a window of up to 5 taps, 1 or 2
// pixels apart, for source rows that are multiples of 8 pixels.
// Needs `source4` as vec4f, `source`, the same as f32, and WIDE: false leaves the outermost taps out.
struct Window {
  // what the taps of a window's row read, from left to right; zero outside the image
  far_left: vec4f,
  left: vec4f,
  centre: vec4f,
  right: vec4f,
  far_right: vec4f,
}

fn load_pixel(at: u32, inside: bool, a: vec2f) -> f32 {
  return select(0.0, activate(source[at], a), inside);
}

// Row iy (a negative row is a large u32) of a plane that begins at image row `plane`; piece `quad` of the result.
// The row is split into even columns, which neighbouring results have as their centres, and odd ones.
fn load_window(plane: u32, iy: u32, quad: u32, a: vec2f) -> Window {
  let inside = iy < params.source_height;
  let at = (plane + min(iy, params.source_height - 1u)) * (params.source_width / 4u) + 2u * quad;
  let p0 = select(vec4f(), activate4(source4[at], a), inside);
  let p1 = select(vec4f(), activate4(source4[at + 1u], a), inside);
  let even = vec4f(p0.xz, p1.xz);
  let odd = vec4f(p0.yw, p1.yw);
  let has_left = inside && quad > 0u;
  let has_right = inside && 8u * quad + 8u < params.source_width;
  let begin = 4u * max(at, 1u);
  let end = 4u * at + 8u;
  let l = load_pixel(begin - params.dilation, has_left, a);
  let r = load_pixel(end, has_right, a);
  let dilated = params.dilation == 2u;
  let even_right = vec4f(even.yzw, r);
  let left = vec4f(l, select(odd, even, dilated).xyz);
  let right = select(odd, even_right, dilated);
  if (WIDE) {
    let far_l = load_pixel(begin - 2u * params.dilation, has_left, a);
    let far_r = load_pixel(end + 2u, has_right, a);
    return Window(
      vec4f(far_l, select(even.xyz, vec3f(l, even.xy), dilated)),
      left,
      even,
      right,
      select(even_right, vec4f(even.zw, r, far_r), dilated),
    );
  }
  return Window(vec4f(), left, even, right, vec4f());
}

// Source rows that are seen and at no result row, between those at two: 1 or, if dilated, 0.
fn rows_between() -> u32 {
  return 2u - params.dilation;
}
