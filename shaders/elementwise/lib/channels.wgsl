// Channels of 4 neighbouring elements, the first of them element i, of a tensor (N,channels,plane).
// ONE_CHANNEL: planes are multiples of 4, so all 4 have the same channel. A constant, because a software adapter
// would execute both branches, and divisions are what costs.
override ONE_CHANNEL: bool = false;

fn channels_of(i: u32, channels: u32, plane: u32) -> vec4u {
  if (ONE_CHANNEL) {
    return vec4u((i / plane) % channels);
  }
  return ((vec4u(i) + vec4u(0, 1, 2, 3)) / plane) % channels;
}
