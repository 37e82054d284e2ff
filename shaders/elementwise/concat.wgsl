// Copies up to 6 tensors side by side into y: y[n, begin_k + i] = x_k[n, i], or 0 where bit k of `kept` is off.
// x_k: (N, size_k), y: (N, total), in groups of 4 elements; for images, 4 size_k = C_k*H*W. Grid: (groups, N, inputs).
// One invocation: 4 groups, 64 apart. Loops, because those of no turns are skipped even by adapters that execute both
// sides of a branch.
//#include "elementwise/lib/concat_params.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x0: array<vec4f>;
@group(0) @binding(2) var<storage, read> x1: array<vec4f>;
@group(0) @binding(3) var<storage, read> x2: array<vec4f>;
@group(0) @binding(4) var<storage, read> x3: array<vec4f>;
@group(0) @binding(5) var<storage, read> x4: array<vec4f>;
@group(0) @binding(6) var<storage, read> x5: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let image = workgroup.y;
  let input = workgroup.z;
  let first = 256u * workgroup.x + local.x;
  let end = min(first + 256u, size_of(input));
  let source = image * size_of(input);
  let to = image * params.total + begin_of(input);
  let kept = bit(params.kept, input);
  for (var i = select(end, first, input == 0u); i < end; i += 64u) {
    y[to + i] = select(vec4f(), x0[source + i], kept);
  }
  for (var i = select(end, first, input == 1u); i < end; i += 64u) {
    y[to + i] = select(vec4f(), x1[source + i], kept);
  }
  for (var i = select(end, first, input == 2u); i < end; i += 64u) {
    y[to + i] = select(vec4f(), x2[source + i], kept);
  }
  for (var i = select(end, first, input == 3u); i < end; i += 64u) {
    y[to + i] = select(vec4f(), x3[source + i], kept);
  }
  for (var i = select(end, first, input == 4u); i < end; i += 64u) {
    y[to + i] = select(vec4f(), x4[source + i], kept);
  }
  for (var i = select(end, first, input == 5u); i < end; i += 64u) {
    y[to + i] = select(vec4f(), x5[source + i], kept);
  }
}
