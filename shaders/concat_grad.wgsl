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
  let image = n * params.total;
  let kept = bit(params.kept, k);
  let accumulate = bit(params.accumulate, k);
  let end0 = select(0u, min(first + 256u, params.size0), k == 0u);
  for (var i = first; i < end0; i += 64u) {
    let at = n * params.size0 + i;
    let g = select(vec4f(), grad_y[select(0u, image + params.begin0 + i, kept)], kept);
    grad0[at] = g + select(vec4f(), grad0[at], accumulate);
  }
  let end1 = select(0u, min(first + 256u, params.size1), k == 1u);
  for (var i = first; i < end1; i += 64u) {
    let at = n * params.size1 + i;
    let g = select(vec4f(), grad_y[select(0u, image + params.begin1 + i, kept)], kept);
    grad1[at] = g + select(vec4f(), grad1[at], accumulate);
  }
  let end2 = select(0u, min(first + 256u, params.size2), k == 2u);
  for (var i = first; i < end2; i += 64u) {
    let at = n * params.size2 + i;
    let g = select(vec4f(), grad_y[select(0u, image + params.begin2 + i, kept)], kept);
    grad2[at] = g + select(vec4f(), grad2[at], accumulate);
  }
  let end3 = select(0u, min(first + 256u, params.size3), k == 3u);
  for (var i = first; i < end3; i += 64u) {
    let at = n * params.size3 + i;
    let g = select(vec4f(), grad_y[select(0u, image + params.begin3 + i, kept)], kept);
    grad3[at] = g + select(vec4f(), grad3[at], accumulate);
  }
  let end4 = select(0u, min(first + 256u, params.size4), k == 4u);
  for (var i = first; i < end4; i += 64u) {
    let at = n * params.size4 + i;
    let g = select(vec4f(), grad_y[select(0u, image + params.begin4 + i, kept)], kept);
    grad4[at] = g + select(vec4f(), grad4[at], accumulate);
  }
  let end5 = select(0u, min(first + 256u, params.size5), k == 5u);
  for (var i = first; i < end5; i += 64u) {
    let at = n * params.size5 + i;
    let g = select(vec4f(), grad_y[select(0u, image + params.begin5 + i, kept)], kept);
    grad5[at] = g + select(vec4f(), grad5[at], accumulate);
  }
}
