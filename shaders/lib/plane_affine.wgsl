// Scale and shift of a batch norm that is pending on an image tensor, by plane (image times channel).
// Needs params.channels and affine: scale, then shift, of every channel.
override AFFINE: bool = false;

fn plane_affine(plane: u32) -> vec2f {
  if (AFFINE) {
    let c = plane % params.channels;
    return vec2f(affine[c], affine[params.channels + c]);
  }
  return vec2f(1.0, 0.0);
}
