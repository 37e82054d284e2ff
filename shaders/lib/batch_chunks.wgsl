// The N * P pixels of a channel in chunks of `chunk_images` images x `part_pixels` pixels of their planes; chunks of
// one invocation each, all parts of a plane before the next images.
// Needs params.batch, pixels, parts, chunk_images and part_pixels.
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
