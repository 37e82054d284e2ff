// loss = mean of (x - wanted)^2, summed in order.
// x, wanted: (N), loss: (1). A single invocation.
struct Params {
  n: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> wanted: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;

@compute @workgroup_size(1)
fn main() {
  var sum = 0.0;
  for (var i = 0u; i < params.n; i++) {
    let error = x[i] - wanted[i];
    sum += error * error;
  }
  loss[0] = sum / f32(params.n);
}
