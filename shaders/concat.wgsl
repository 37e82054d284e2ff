// Copies up to 6 tensors side by side into y: y[n, begin_k + i] = x_k[n, i], or 0 where bit k of `kept` is off.
// x_k: (N, size_k), y: (N, total); for images, size_k = C_k*H*W. Grid: (elements, N, inputs).
// One invocation: 4 elements, 64 apart.
//#include "lib/concat_params.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x0: array<f32>;
@group(0) @binding(2) var<storage, read> x1: array<f32>;
@group(0) @binding(3) var<storage, read> x2: array<f32>;
@group(0) @binding(4) var<storage, read> x3: array<f32>;
@group(0) @binding(5) var<storage, read> x4: array<f32>;
@group(0) @binding(6) var<storage, read> x5: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

fn load(k: u32, i: u32) -> f32 {
  switch k {
    case 0u: { return x0[i]; }
    case 1u: { return x1[i]; }
    case 2u: { return x2[i]; }
    case 3u: { return x3[i]; }
    case 4u: { return x4[i]; }
    default: { return x5[i]; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let n = group.y;
  let k = group.z;
  let size = size_of(k);
  let kept = ((params.kept >> k) & 1u) != 0u;
  for (var j = 0u; j < 4u; j++) {
    let i = (4u * group.x + j) * 64u + local.x;
    if (i < size) {
      var value = 0.0;
      if (kept) {
        value = load(k, n * size + i);
      }
      y[n * params.total + begin_of(k) + i] = value;
    }
  }
}
