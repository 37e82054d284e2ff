// The N * P pixels of a channel in chunks of `chunk_images` images x `part_pixels` pixels of their planes; chunks of
// one invocation or one workgroup each, all parts of a plane before the next images.
//#include "lib/grid.wgsl"
//#include "norm/lib/batch_norm_params.wgsl"
struct Chunk {
  image_begin: u32,
  image_end: u32,
  pixel_begin: u32,
  pixel_end: u32,
}

// Chunk number `number` of a channel.
fn chunk_at(number: u32) -> Chunk {
  var rest = number;
  let pixel = params.part_pixels * next_coordinate(&rest, params.parts);
  let image = params.chunk_images * rest;
  return Chunk(
    image,
    min(image + params.chunk_images, params.batch),
    pixel,
    min(pixel + params.part_pixels, params.pixels),
  );
}

// Pixels of a chunk, in all of its images.
fn chunk_pixels(chunk: Chunk) -> u32 {
  return (chunk.image_end - chunk.image_begin) * (chunk.pixel_end - chunk.pixel_begin);
}

// One chunk of one channel of one batch, which is the work of one invocation or workgroup. Grid: (chunks, channels,
// batches), the first fastest.
struct Unit {
  batch: u32,
  channel: u32,
  chunk: Chunk,
  // false for units beyond the last
  exists: bool,
}

fn unit_at(number: u32) -> Unit {
  var rest = number;
  let chunk = next_coordinate(&rest, params.chunks);
  let channel = next_coordinate(&rest, params.channels);
  let batch = rest;
  return Unit(batch, channel, chunk_at(chunk), batch < params.batches);
}
