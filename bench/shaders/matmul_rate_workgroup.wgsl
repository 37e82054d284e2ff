// The rate of a matrix product in workgroup memory with register tiles: what suits GPUs.
// C = A B, all (size, size), row-major, in vec4s; size is a multiple of 128. One workgroup: 128 by 128 of C, in steps
// of 8 along k. One invocation: rows y and 64 + y on (4 each) by columns x and 64 + x on (4 each).
struct Params {
  size: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;

// transposed, so that an invocation's rows are neighbours: (k, row)
var<workgroup> tile_a: array<f32, 1024>;
// (k, column / 4)
var<workgroup> tile_b: array<vec4f, 256>;

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let quads = params.size / 4u;
  var sum: array<vec4f, 16>;
  // which vec4 of each tile this invocation brings
  let row_a = index / 2u;
  let quad_a = index % 2u;
  let from_a = (128u * group.y + row_a) * quads + quad_a;
  let from_b = (index / 32u) * quads + 32u * group.x + index % 32u;
  for (var k = 0u; k < params.size; k += 8u) {
    let part = a[from_a + k / 4u];
    tile_a[(4u * quad_a) * 128u + row_a] = part.x;
    tile_a[(4u * quad_a + 1u) * 128u + row_a] = part.y;
    tile_a[(4u * quad_a + 2u) * 128u + row_a] = part.z;
    tile_a[(4u * quad_a + 3u) * 128u + row_a] = part.w;
    tile_b[index] = b[from_b + k * quads];
    workgroupBarrier();
    for (var i = 0u; i < 8u; i++) {
      let b0 = tile_b[32u * i + local.x];
      let b1 = tile_b[32u * i + 16u + local.x];
      for (var r = 0u; r < 4u; r++) {
        let a0 = tile_a[128u * i + 4u * local.y + r];
        let a1 = tile_a[128u * i + 64u + 4u * local.y + r];
        sum[2u * r] += a0 * b0;
        sum[2u * r + 1u] += a0 * b1;
        sum[8u + 2u * r] += a1 * b0;
        sum[9u + 2u * r] += a1 * b1;
      }
    }
    workgroupBarrier();
  }
  for (var r = 0u; r < 4u; r++) {
    let to = (128u * group.y + 4u * local.y + r) * quads + 32u * group.x + local.x;
    c[to] = sum[2u * r];
    c[to + 16u] = sum[2u * r + 1u];
    c[to + 64u * quads] = sum[8u + 2u * r];
    c[to + 64u * quads + 16u] = sum[9u + 2u * r];
  }
}
