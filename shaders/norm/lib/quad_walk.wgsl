// A chunk of whole groups of 4 pixels shared out among the lanes of a workgroup: lane l takes groups l, l + LANES, ...
// of the chunk's images laid end to end. One division for the first of them, none for the others.
//#include "norm/lib/batch_chunks.wgsl"

// As in @workgroup_size.
const LANES = 256u;

struct Walk {
  // where in (N,C,P), in groups
  at: u32,
  // of the part of the plane, and how many there are
  quad: u32,
  part_quads: u32,
}

fn first_quad(unit: Unit, lane: u32) -> Walk {
  let chunk = unit.chunk;
  let part_quads = (chunk.pixel_end - chunk.pixel_begin) / 4u;
  var rest = lane;
  let quad = next_coordinate(&rest, part_quads);
  let plane = (chunk.image_begin + rest) * params.channels + unit.channel;
  return Walk((plane * params.pixels + chunk.pixel_begin) / 4u + quad, quad, part_quads);
}

fn next_quad(walk: Walk) -> Walk {
  let image_quads = params.channels * params.pixels / 4u;
  let images = LANES / walk.part_quads;
  var quad = walk.quad + (LANES - images * walk.part_quads);
  var at = walk.at + images * image_quads + (quad - walk.quad);
  if (quad >= walk.part_quads) {
    quad -= walk.part_quads;
    at += image_quads - walk.part_quads;
  }
  return Walk(at, quad, walk.part_quads);
}

fn chunk_quads(unit: Unit) -> u32 {
  return chunk_pixels(unit.chunk) / 4u;
}
