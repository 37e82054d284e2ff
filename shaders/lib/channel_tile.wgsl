// Sums for CHANNELS channels at a time, which one invocation of a convolution keeps to itself.
// Needs the types Sums (of one channel), Factor (what is loaded for one channel) and Values (what all channels are
// multiplied with), factor(at: u32) -> Factor, and multiply_add(sums: Sums, f: Factor, v: Values) -> Sums.

// 8 or 10, whichever leaves fewer places empty.
override CHANNELS: u32 = 8u;

// An array that is indexed, if only on the way out: llvmpipe leaves it in memory and stores each sum once a turn. Sums
// in variables of their own it moves to and fro three times, and a tile of more than 4 channels is no gain.
alias Tile = array<Sums, 10>;

// The first channel's factor lies at `at`, the next `step` further; channels past number `last` repeat it.
// Written out, since not every compiler unrolls a loop, and in a loop each index would cost.
fn add_to(tile: ptr<function, Tile>, at: u32, step: u32, last: u32, v: Values) {
  let at0 = at + min(vec4u(0u, 1u, 2u, 3u), vec4u(last)) * step;
  let at4 = at + min(vec4u(4u, 5u, 6u, 7u), vec4u(last)) * step;
  tile[0] = multiply_add(tile[0], factor(at0.x), v);
  tile[1] = multiply_add(tile[1], factor(at0.y), v);
  tile[2] = multiply_add(tile[2], factor(at0.z), v);
  tile[3] = multiply_add(tile[3], factor(at0.w), v);
  tile[4] = multiply_add(tile[4], factor(at4.x), v);
  tile[5] = multiply_add(tile[5], factor(at4.y), v);
  tile[6] = multiply_add(tile[6], factor(at4.z), v);
  tile[7] = multiply_add(tile[7], factor(at4.w), v);
  if (CHANNELS > 8u) {
    let at8 = at + min(vec2u(8u, 9u), vec2u(last)) * step;
    tile[8] = multiply_add(tile[8], factor(at8.x), v);
    tile[9] = multiply_add(tile[9], factor(at8.y), v);
  }
}
