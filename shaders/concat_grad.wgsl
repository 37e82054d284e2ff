// The parts of grad_y go to up to 4 tensors: grad_k[n, i] (+)= grad_y[n, begin_k + i], or 0 where bit k of `kept`
// is off; such a tensor need not have a part. Layouts, grid and loops as in concat.wgsl.
//#include "lib/concat_params.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> grad0: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> grad1: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> grad2: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> grad3: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let n = group.y;
  let k = group.z;
  let first = 256u * group.x + local.x;
  let end = min(first + 256u, size_of(k));
  let to = n * size_of(k);
  let kept = bit(params.kept, k);
  let source = select(0u, n * params.total + begin_of(k), kept);
  let accumulate = bit(params.accumulate, k);
  for (var i = select(end, first, k == 0u); i < end; i += 64u) {
    let there = select(vec4f(), grad0[to + i], accumulate);
    grad0[to + i] = there + select(vec4f(), grad_y[source + i], kept);
  }
  for (var i = select(end, first, k == 1u); i < end; i += 64u) {
    let there = select(vec4f(), grad1[to + i], accumulate);
    grad1[to + i] = there + select(vec4f(), grad_y[source + i], kept);
  }
  for (var i = select(end, first, k == 2u); i < end; i += 64u) {
    let there = select(vec4f(), grad2[to + i], accumulate);
    grad2[to + i] = there + select(vec4f(), grad_y[source + i], kept);
  }
  for (var i = select(end, first, k == 3u); i < end; i += 64u) {
    let there = select(vec4f(), grad3[to + i], accumulate);
    grad3[to + i] = there + select(vec4f(), grad_y[source + i], kept);
  }
}
