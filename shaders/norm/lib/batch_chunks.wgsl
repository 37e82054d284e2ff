// The N * P pixels of a channel in chunks of `chunk_images` images x `part_pixels` pixels of their planes; chunks of
// one invocation or one workgroup each, all parts of a plane before the next images.
// Needs params.batches, channels, chunks, batch, pixels, parts, chunk_images, part_pixels and lib/divide.wgsl.
struct Chunk {
  image: u32,
  image_end: u32,
  pixel: u32,
  pixel_end: u32,
}

fn chunk_at(k: u32) -> Chunk {
  let at_part = divide(k, params.parts);
  let image = at_part.x * params.chunk_images;
  let pixel = at_part.y * params.part_pixels;
  return Chunk(
    image,
    min(image + params.chunk_images, params.batch),
    pixel,
    min(pixel + params.part_pixels, params.pixels),
  );
}

fn chunk_count(chunk: Chunk) -> f32 {
  return f32((chunk.image_end - chunk.image) * (chunk.pixel_end - chunk.pixel));
}

// Where a unit of work stands: the chunks of a channel, those of all channels, then those of the second batch.
struct Unit {
  batch: u32,
  channel: u32,
  chunk: Chunk,
  // false for units beyond the last
  exists: bool,
}

fn unit_at(k: u32) -> Unit {
  let at_chunk = divide(k, params.chunks);
  let at_channel = divide(at_chunk.x, params.channels);
  let exists = at_channel.x < params.batches;
  return Unit(at_channel.x, at_channel.y, chunk_at(at_chunk.y), exists);
}
