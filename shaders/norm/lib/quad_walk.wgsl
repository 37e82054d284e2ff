// The groups of 4 pixels of one channel of some images, or of a part of each plane, shared out among the lanes of a
// workgroup: lane l takes groups l, l + LANES, ... of those laid end to end. One division for the first of them, none
// for the others. Needs params.channels and params.pixels.
//#include "lib/grid.wgsl"

// As in @workgroup_size.
const LANES = 256u;

struct Walk {
  // where in (N,C,P), in groups
  at: u32,
  // of the part of the plane, and how many there are
  quad: u32,
  part_quads: u32,
}

fn first_quad(image: u32, channel: u32, pixel: u32, part_quads: u32, lane: u32) -> Walk {
  var rest = lane;
  let quad = next_coordinate(&rest, part_quads);
  let plane = (image + rest) * params.channels + channel;
  return Walk((plane * params.pixels + pixel) / 4u + quad, quad, part_quads);
}

fn next_quad(walk: Walk) -> Walk {
  let image_quads = params.channels * params.pixels / 4u;
  let images = LANES / walk.part_quads;
  let step = LANES - images * walk.part_quads;
  var quad = walk.quad + step;
  var at = walk.at + images * image_quads + step;
  if (quad >= walk.part_quads) {
    quad -= walk.part_quads;
    at += image_quads - walk.part_quads;
  }
  return Walk(at, quad, walk.part_quads);
}
