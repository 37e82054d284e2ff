// Pixels inside the image of 4 neighbouring windows of 3x3 at stride 2 with padding 1: the first of a row and those of
// the first row lack one column and one row.
fn window_counts(row: u32, has_left: bool) -> vec4f {
  let columns = vec4f(select(2.0, 3.0, has_left), 3.0, 3.0, 3.0);
  return columns * select(2.0, 3.0, row > 0u);
}
