// A chunk of whole groups of 4 pixels shared out among the lanes of a workgroup.
//#include "norm/lib/batch_chunks.wgsl"
//#include "norm/lib/quad_walk.wgsl"
fn first_of_chunk(unit: Unit, lane: u32) -> Walk {
  let chunk = unit.chunk;
  let part_quads = (chunk.pixel_end - chunk.pixel_begin) / 4u;
  return first_quad(chunk.image_begin, unit.channel, chunk.pixel_begin, part_quads, lane);
}

fn chunk_quads(unit: Unit) -> u32 {
  return chunk_pixels(unit.chunk) / 4u;
}
