// Single pixels of a convolution's source and result. Needs `source`, `x` and `result` as f32.
//#include "lib/shift8.wgsl"

// Result pixels come in phases: those `down` apart use the same taps. Rows of a phase, and tiles of 8 in a row.
fn phase_rows() -> u32 {
  return (params.result_height + params.down_h - 1u) / params.down_h;
}

fn row_tiles() -> u32 {
  return ((params.result_width + params.down_w - 1u) / params.down_w + 7u) / 8u;
}

// The first tap that reads a whole source pixel, or `taps` if none does.
fn first_tap(offset: i32, down: u32, taps: u32) -> u32 {
  var tap = 0u;
  while (tap < taps && (offset + i32(tap * params.dilation)) % i32(down) != 0) {
    tap++;
  }
  return tap;
}

// Columns of 8 pixels; those left of the image are large.
struct Columns {
  low: vec4u,
  high: vec4u,
}

fn columns8(ix: i32, step: u32) -> Columns {
  let low = u32(ix) + vec4u(0u, 1u, 2u, 3u) * step;
  return Columns(low, low + 4u * step);
}

// A row's pixels at these columns, or 0 where they are not under `limit`.
fn load8(row: u32, at: Columns, limit: u32, a: vec2f) -> mat2x4f {
  let low = row + min(at.low, vec4u(params.source_width - 1u));
  let high = row + min(at.high, vec4u(params.source_width - 1u));
  let first = activate4(vec4f(source[low.x], source[low.y], source[low.z], source[low.w]), a);
  let second = activate4(vec4f(source[high.x], source[high.y], source[high.z], source[high.w]), a);
  return mat2x4f(
    select(vec4f(), first, at.low < vec4u(limit)),
    select(vec4f(), second, at.high < vec4u(limit)),
  );
}

// The row's pixel at column ix, or 0 where ix is not under `limit`; a negative column is a large u32.
fn load(row: u32, ix: i32, limit: u32, a: vec2f) -> f32 {
  let column = u32(ix);
  return select(0.0, activate(source[row + min(column, params.source_width - 1u)], a), column < limit);
}

// 7 pixels, `step` apart, in the last 7 places of 8: the next shift8 completes them.
fn load7(row: u32, ix: i32, step: i32, limit: u32, a: vec2f) -> mat2x4f {
  return mat2x4f(
    0.0,
    load(row, ix, limit, a),
    load(row, ix + step, limit, a),
    load(row, ix + 2 * step, limit, a),
    load(row, ix + 3 * step, limit, a),
    load(row, ix + 4 * step, limit, a),
    load(row, ix + 5 * step, limit, a),
    load(row, ix + 6 * step, limit, a),
  );
}

// Writes 8 pixels of a result row, down_w apart, from `column` on as far as the row goes; backward they are masked
// by x and added to what is there.
fn store8(row: u32, column: u32, a: vec2f, values: mat2x4f) {
  var v = values;
  let end = min(params.result_width, column + 8u * params.down_w);
  for (var at = column; at < end; at += params.down_w) {
    var value = v[0].x;
    for (var once = 0u; once < changes(); once++) {
      value = mask(value, x[row + at], a) + select(0.0, result[row + at], params.accumulate != 0u);
    }
    result[row + at] = value;
    v = shift8(v, 0.0);
  }
}
