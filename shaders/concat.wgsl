// Copies up to 6 tensors side by side into y: y[n, begin_k + i] = x_k[n, i], or 0 where bit k of `kept` is off.
// x_k: (N, size_k), y: (N, total), in groups of 4 elements; for images, 4 size_k = C_k*H*W. Grid: (groups, N, inputs).
// One invocation: 4 groups, 64 apart. A loop of no turns is skipped even by adapters that execute both sides of a
// branch, so only input k is read.
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
  let begin = begin_of(k);
  let size = size_of(k);
  for (var i = first; i < min(first + 256u, size); i += 64u) {
    let at = n * size + i;
    var v = vec4f();
    for (var once = u32(k != 0u); once < 1u; once++) {
      v = x0[at];
    }
    for (var once = u32(k != 1u); once < 1u; once++) {
      v = x1[at];
    }
    for (var once = u32(k != 2u); once < 1u; once++) {
      v = x2[at];
    }
    for (var once = u32(k != 3u); once < 1u; once++) {
      v = x3[at];
    }
    for (var once = u32(k != 4u); once < 1u; once++) {
      v = x4[at];
    }
    for (var once = u32(k != 5u); once < 1u; once++) {
      v = x5[at];
    }
    y[n * params.total + begin + i] = select(vec4f(), v, bit(params.kept, k));
  }
}
