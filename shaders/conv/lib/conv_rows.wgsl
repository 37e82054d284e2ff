// Pieces of 8 neighbouring pixels of a source row and their neighbours, for rows of whole pieces.
// Needs `source4` and `source`, the same memory as vec4f and as f32.
struct Row {
  // the pixel to the left of the piece; zero outside the image
  left: f32,
  piece: mat2x4f,
  right: f32,
}

// The piece moved by a pixel to either side.
fn moved_left(v: Row) -> mat2x4f {
  return mat2x4f(vec4f(v.left, v.piece[0].xyz), vec4f(v.piece[0].w, v.piece[1].xyz));
}

fn moved_right(v: Row) -> mat2x4f {
  return mat2x4f(vec4f(v.piece[0].yzw, v.piece[1].x), vec4f(v.piece[1].yzw, v.right));
}

// Row iy (a negative row is a large u32) of a plane that begins at image row `plane`; the piece begins at vec4 `quad`.
fn load_row(plane: u32, iy: u32, quad: u32, a: vec2f) -> Row {
  let row_quads = params.source_width / 4u;
  let inside = iy < params.source_height;
  let at = (plane + min(iy, params.source_height - 1u)) * row_quads + quad;
  let l = select(0.0, activate(source[max(4u * at, 1u) - 1u], a), inside && quad > 0u);
  let c0 = select(vec4f(), activate4(source4[at], a), inside);
  let c1 = select(vec4f(), activate4(source4[at + 1u], a), inside);
  let r = select(0.0, activate(source[4u * at + 8u], a), inside && quad + 2u < row_quads);
  return Row(l, mat2x4f(c0, c1), r);
}
