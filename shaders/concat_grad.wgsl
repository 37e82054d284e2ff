// The parts of grad_y go to up to 6 tensors: grad_k[n, i] (+)= grad_y[n, begin_k + i], or 0 where bit k of `kept`
// is off. Layouts and grid as in concat.wgsl.
//#include "lib/concat_params.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<f32>;
@group(0) @binding(2) var<storage, read_write> grad0: array<f32>;
@group(0) @binding(3) var<storage, read_write> grad1: array<f32>;
@group(0) @binding(4) var<storage, read_write> grad2: array<f32>;
@group(0) @binding(5) var<storage, read_write> grad3: array<f32>;
@group(0) @binding(6) var<storage, read_write> grad4: array<f32>;
@group(0) @binding(7) var<storage, read_write> grad5: array<f32>;

fn load(k: u32, i: u32) -> f32 {
  switch k {
    case 0u: { return grad0[i]; }
    case 1u: { return grad1[i]; }
    case 2u: { return grad2[i]; }
    case 3u: { return grad3[i]; }
    case 4u: { return grad4[i]; }
    default: { return grad5[i]; }
  }
}

fn store(k: u32, i: u32, value: f32) {
  switch k {
    case 0u: { grad0[i] = value; }
    case 1u: { grad1[i] = value; }
    case 2u: { grad2[i] = value; }
    case 3u: { grad3[i] = value; }
    case 4u: { grad4[i] = value; }
    default: { grad5[i] = value; }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let n = group.y;
  let k = group.z;
  let size = size_of(k);
  let kept = ((params.kept >> k) & 1u) != 0u;
  let accumulate = ((params.accumulate >> k) & 1u) != 0u;
  for (var j = 0u; j < 4u; j++) {
    let i = (4u * group.x + j) * 64u + local.x;
    if (i < size) {
      var grad = 0.0;
      if (kept) {
        grad = grad_y[n * params.total + begin_of(k) + i];
      }
      if (accumulate) {
        grad += load(k, n * size + i);
      }
      store(k, n * size + i, grad);
    }
  }
}
