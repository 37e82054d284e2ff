// Tiles of CHANNELS result channels x some pixels, which one invocation of a convolution keeps to itself.
// Needs `weight`, a type Pixels, and multiply_add(sums: Pixels, w: f32, v: Pixels).

// 8 or 10, whichever leaves fewer places empty.
override CHANNELS: u32 = 8u;

// An array that is indexed, if only on the way out: llvmpipe leaves it in memory and stores each sum once a turn. Sums
// in variables of their own it moves to and fro three times, and a tile of more than 4 channels is no gain.
alias Tile = array<Pixels, 10>;

// Adds the pixels `v` of one source channel. The weight of the tile's first channel lies at `w`; channels past
// number `last` repeat it. Written out, since not every compiler unrolls a loop, and in one each index would cost.
fn add_to(tile: ptr<function, Tile>, w: u32, last: u32, v: Pixels) {
  let at0 = w + min(vec4u(0u, 1u, 2u, 3u), vec4u(last)) * params.weight_result;
  let at4 = w + min(vec4u(4u, 5u, 6u, 7u), vec4u(last)) * params.weight_result;
  tile[0] = multiply_add(tile[0], weight[at0.x], v);
  tile[1] = multiply_add(tile[1], weight[at0.y], v);
  tile[2] = multiply_add(tile[2], weight[at0.z], v);
  tile[3] = multiply_add(tile[3], weight[at0.w], v);
  tile[4] = multiply_add(tile[4], weight[at4.x], v);
  tile[5] = multiply_add(tile[5], weight[at4.y], v);
  tile[6] = multiply_add(tile[6], weight[at4.z], v);
  tile[7] = multiply_add(tile[7], weight[at4.w], v);
  if (CHANNELS > 8u) {
    let at8 = w + min(vec2u(8u, 9u), vec2u(last)) * params.weight_result;
    tile[8] = multiply_add(tile[8], weight[at8.x], v);
    tile[9] = multiply_add(tile[9], weight[at8.y], v);
  }
}
