// Scale and shift of a batch norm that is pending on an image tensor, by plane (image times channel).
// Needs params.affine_channels, 0 where none is pending, and affine: scale, then shift, of every channel.
fn plane_affine(plane: u32) -> vec2f {
  let c = plane % max(params.affine_channels, 1u);
  let a = vec2f(affine[c], affine[params.affine_channels + c]);
  return select(vec2f(1.0, 0.0), a, params.affine_channels != 0u);
}
