// Second half of many two-stage sums at once: grads[grad + i] += sum over parts of partials[partial + part n + i], in
// order, for the n elements of every segment that the table lists in tiles of 64.
// One workgroup: one tile, and those right behind it of the same gradients, which would be lost if two workgroups added
// to them at once. Tiles beyond the count are not there.
//#include "optim/lib/sum_in_order.wgsl"
struct Tile {
  grad: u32,
  partial: u32,
  n: u32,
  parts: u32,
  // of the segment's elements, the first one here
  first: u32,
}
struct Table {
  count: u32,
  tiles: array<Tile>,
}
struct Params {
  // workgroups in a row of the grid
  row: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> table: Table;
@group(0) @binding(2) var<storage, read> partials: array<f32>;
@group(0) @binding(3) var<storage, read_write> grads: array<f32>;

// Whether tile `number` adds to the same gradients as the one before.
fn continues(number: u32) -> bool {
  let before = max(number, 1u) - 1u;
  return number > 0u && table.tiles[number].grad == table.tiles[before].grad &&
    table.tiles[number].first == table.tiles[before].first;
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) workgroup: vec3u) {
  let number = workgroup.y * params.row + workgroup.x;
  if (number >= table.count || continues(number)) {
    return;
  }
  let tile = table.tiles[number];
  let i = tile.first + lane;
  if (i >= tile.n) {
    return;
  }
  var sum = grads[tile.grad + i];
  for (var at = number; at < table.count && (at == number || continues(at)); at++) {
    let more = table.tiles[at];
    sum = sum_in_order(sum, more.partial + i, tile.n, more.parts);
  }
  grads[tile.grad + i] = sum;
}
