// A chunk (lib/batch_chunks.wgsl) shared out among the lanes of a workgroup: lane l takes pixels l, l + LANES, ...
// of the chunk's images laid end to end.
// As in @workgroup_size.
const LANES = 128u;

// Index of the workgroup, however the host folded the grid.
fn workgroup_index(group: vec3u, groups: vec3u) -> u32 {
  return group.x + group.y * groups.x;
}

fn chunk_pixels(chunk: Chunk) -> u32 {
  return (chunk.image_end - chunk.image) * (chunk.pixel_end - chunk.pixel);
}

// Element of (N,C,P) that is pixel i of the chunk, in channel c.
fn chunk_element(chunk: Chunk, c: u32, i: u32) -> u32 {
  let at = divide(i, chunk.pixel_end - chunk.pixel);
  return ((chunk.image + at.x) * params.channels + c) * params.pixels + chunk.pixel + at.y;
}
