// Strips of `strip_rows` rows and a few columns of images (P,H,quads) in groups of 4, P planes; an invocation walks
// down a strip and loads every row once, with the columns beside it.
//#include "lib/grid.wgsl"
struct Params {
  planes: u32,
  h: u32,
  quads: u32,
  strip_rows: u32,
  affine_channels: u32,
  // for avg_pool2d_3x3, which is its own gradient
  accumulate: u32,
  backward: u32,
}

struct Strip {
  plane: u32,
  // first row, and the one after the last
  top: u32,
  end: u32,
  column: u32,
}

// The row that is complete once source row top + i - 1 is known. Nothing is before the third; what is stored for the
// first two is overwritten by the third, since a branch would cost a software adapter more than the stores.
fn row_of_result(strip: Strip, i: u32) -> u32 {
  return strip.top + max(i, 2u) - 2u;
}

// Of planes with so many columns of strips. Past the last plane there is no strip.
fn strip_at(i: u32, columns: u32) -> Strip {
  var rest = i;
  let column = next_coordinate(&rest, columns);
  let top = params.strip_rows * next_coordinate(&rest, (params.h + params.strip_rows - 1u) / params.strip_rows);
  let plane = rest;
  return Strip(plane, top, min(top + params.strip_rows, params.h), column);
}
