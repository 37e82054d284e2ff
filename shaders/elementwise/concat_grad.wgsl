// The parts of grad_y go to up to 6 tensors: grad_k[n, i] (+)= grad_y[n, begin_k + i], or 0 where bit k of `kept`
// is off; such a tensor need not have a part. Whether they are added is known at compile time, since a load that is not
// needed takes as long as one that is. Layouts, grid and loops as in concat.wgsl.
//#include "elementwise/lib/concat_params.wgsl"
override ACCUMULATE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> grad0: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> grad1: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> grad2: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> grad3: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> grad4: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> grad5: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let image = workgroup.y;
  let input = workgroup.z;
  let first = 256u * workgroup.x + local.x;
  let end = min(first + 256u, size_of(input));
  let to = image * size_of(input);
  let kept = bit(params.kept, input);
  let source = select(0u, image * params.total + begin_of(input), kept);
  for (var i = select(end, first, input == 0u); i < end; i += 64u) {
    var part = select(vec4f(), grad_y[source + i], kept);
    if (ACCUMULATE) {
      part += grad0[to + i];
    }
    grad0[to + i] = part;
  }
  for (var i = select(end, first, input == 1u); i < end; i += 64u) {
    var part = select(vec4f(), grad_y[source + i], kept);
    if (ACCUMULATE) {
      part += grad1[to + i];
    }
    grad1[to + i] = part;
  }
  for (var i = select(end, first, input == 2u); i < end; i += 64u) {
    var part = select(vec4f(), grad_y[source + i], kept);
    if (ACCUMULATE) {
      part += grad2[to + i];
    }
    grad2[to + i] = part;
  }
  for (var i = select(end, first, input == 3u); i < end; i += 64u) {
    var part = select(vec4f(), grad_y[source + i], kept);
    if (ACCUMULATE) {
      part += grad3[to + i];
    }
    grad3[to + i] = part;
  }
  for (var i = select(end, first, input == 4u); i < end; i += 64u) {
    var part = select(vec4f(), grad_y[source + i], kept);
    if (ACCUMULATE) {
      part += grad4[to + i];
    }
    grad4[to + i] = part;
  }
  for (var i = select(end, first, input == 5u); i < end; i += 64u) {
    var part = select(vec4f(), grad_y[source + i], kept);
    if (ACCUMULATE) {
      part += grad5[to + i];
    }
    grad5[to + i] = part;
  }
}
