// Copies up to 6 tensors side by side into y: y[n, begin_k + i] = x_k[n, i], or 0 where bit k of `kept` is off.
// x_k: (N, size_k), y: (N, total), in groups of 4 elements; for images, 4 size_k = C_k*H*W. Grid: (groups, N, inputs).
// One invocation: 4 groups, 64 apart. A loop of no turns is skipped even by adapters that execute both sides of a
// branch, so only the loop of input k costs anything.
//#include "lib/concat_params.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x0: array<vec4f>;
@group(0) @binding(2) var<storage, read> x1: array<vec4f>;
@group(0) @binding(3) var<storage, read> x2: array<vec4f>;
@group(0) @binding(4) var<storage, read> x3: array<vec4f>;
@group(0) @binding(5) var<storage, read> x4: array<vec4f>;
@group(0) @binding(6) var<storage, read> x5: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let n = group.y;
  let k = group.z;
  let first = 256u * group.x + local.x;
  let image = n * params.total;
  let kept = bit(params.kept, k);
  let end0 = select(0u, min(first + 256u, params.size0), k == 0u);
  for (var i = first; i < end0; i += 64u) {
    y[image + params.begin0 + i] = select(vec4f(), x0[n * params.size0 + i], kept);
  }
  let end1 = select(0u, min(first + 256u, params.size1), k == 1u);
  for (var i = first; i < end1; i += 64u) {
    y[image + params.begin1 + i] = select(vec4f(), x1[n * params.size1 + i], kept);
  }
  let end2 = select(0u, min(first + 256u, params.size2), k == 2u);
  for (var i = first; i < end2; i += 64u) {
    y[image + params.begin2 + i] = select(vec4f(), x2[n * params.size2 + i], kept);
  }
  let end3 = select(0u, min(first + 256u, params.size3), k == 3u);
  for (var i = first; i < end3; i += 64u) {
    y[image + params.begin3 + i] = select(vec4f(), x3[n * params.size3 + i], kept);
  }
  let end4 = select(0u, min(first + 256u, params.size4), k == 4u);
  for (var i = first; i < end4; i += 64u) {
    y[image + params.begin4 + i] = select(vec4f(), x4[n * params.size4 + i], kept);
  }
  let end5 = select(0u, min(first + 256u, params.size5), k == 5u);
  for (var i = first; i < end5; i += 64u) {
    y[image + params.begin5 + i] = select(vec4f(), x5[n * params.size5 + i], kept);
  }
}
