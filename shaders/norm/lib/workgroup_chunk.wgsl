// A chunk shared out among the lanes of a workgroup: lane l takes pixels l, l + LANES, ...
// of the chunk's images laid end to end.
//#include "norm/lib/batch_chunks.wgsl"

// As in @workgroup_size.
const LANES = 128u;

// Where in (N,C,P) pixel i of a unit's chunk lies.
fn element_of(unit: Unit, i: u32) -> u32 {
  let chunk = unit.chunk;
  var rest = i;
  let pixel = chunk.pixel_begin + next_coordinate(&rest, chunk.pixel_end - chunk.pixel_begin);
  let image = chunk.image_begin + rest;
  return (image * params.channels + unit.channel) * params.pixels + pixel;
}
