// Work on an image of stride 1, for the lanes of a workgroup that takes one channel of some images: strips of 4 columns
// and ROWS rows, every STEP-th one, counted by columns, strips of a column, first rows, and then images.
// Needs ROWS and STEP.

struct Strip {
  // the image's number among those of the workgroup
  image: u32,
  first_row: u32,
  quad: u32,
}

// Strips below one another, if each begins at row 0.
fn strips_of(height: u32) -> u32 {
  return ((height + STEP - 1u) / STEP + ROWS - 1u) / ROWS;
}

fn strip_at(unit: u32, quads: u32, strips: u32) -> Strip {
  var rest = unit;
  let quad = next_coordinate(&rest, quads);
  let strip = next_coordinate(&rest, strips);
  let phase = next_coordinate(&rest, STEP);
  return Strip(rest, phase + strip * ROWS * STEP, quad);
}
