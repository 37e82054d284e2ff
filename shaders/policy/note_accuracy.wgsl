// accuracies[index] = hits / images, of one forward pass.
// counts: loss sum, top-1 hits, top-5 hits, images. accuracies: (A). One invocation.
struct Params {
  index: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<f32>;
@group(0) @binding(2) var<storage, read_write> accuracies: array<f32>;

@compute @workgroup_size(1)
fn main() {
  accuracies[params.index] = counts[1] / counts[3];
}
