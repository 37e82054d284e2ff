// Channels of 4 neighbouring elements, the first of them element i, of a tensor (N,channels,plane).
fn channels_of(i: u32, channels: u32, plane: u32) -> vec4u {
  if (plane % 4u == 0u) {
    return vec4u((i / plane) % channels);
  }
  return ((vec4u(i) + vec4u(0, 1, 2, 3)) / plane) % channels;
}
