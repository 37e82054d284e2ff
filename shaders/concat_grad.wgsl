// The parts of grad_y go to up to 6 tensors: grad_k[n, i] (+)= grad_y[n, begin_k + i], or 0 where bit k of `kept`
// is off; such a tensor need not have a part. Layouts, grid and loops as in concat.wgsl.
//#include "lib/concat_params.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> grad0: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> grad1: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> grad2: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> grad3: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> grad4: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> grad5: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let n = group.y;
  let k = group.z;
  let first = 256u * group.x + local.x;
  let begin = begin_of(k);
  let size = size_of(k);
  let kept = bit(params.kept, k);
  let accumulate = bit(params.accumulate, k);
  for (var i = first; i < min(first + 256u, size); i += 64u) {
    let at = n * size + i;
    let g = select(vec4f(), grad_y[select(0u, n * params.total + begin + i, kept)], kept);
    for (var once = u32(k != 0u); once < 1u; once++) {
      grad0[at] = g + select(vec4f(), grad0[at], accumulate);
    }
    for (var once = u32(k != 1u); once < 1u; once++) {
      grad1[at] = g + select(vec4f(), grad1[at], accumulate);
    }
    for (var once = u32(k != 2u); once < 1u; once++) {
      grad2[at] = g + select(vec4f(), grad2[at], accumulate);
    }
    for (var once = u32(k != 3u); once < 1u; once++) {
      grad3[at] = g + select(vec4f(), grad3[at], accumulate);
    }
    for (var once = u32(k != 4u); once < 1u; once++) {
      grad4[at] = g + select(vec4f(), grad4[at], accumulate);
    }
    for (var once = u32(k != 5u); once < 1u; once++) {
      grad5[at] = g + select(vec4f(), grad5[at], accumulate);
    }
  }
}
