// The rate of a matrix product whose tiles live in registers, without workgroup memory: what suits software adapters.
// C = A B, all (size, size), row-major, b and c in vec4s; size is a multiple of 16. One invocation: 4 rows by 16
// columns of C.
struct Params {
  size: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let size = params.size;
  let tiles = size / 16u;
  let row = 4u * (id.x / tiles);
  let column = 4u * (id.x % tiles);
  if (row >= size) {
    return;
  }
  let quads = size / 4u;
  var c00 = vec4f();
  var c01 = vec4f();
  var c02 = vec4f();
  var c03 = vec4f();
  var c10 = vec4f();
  var c11 = vec4f();
  var c12 = vec4f();
  var c13 = vec4f();
  var c20 = vec4f();
  var c21 = vec4f();
  var c22 = vec4f();
  var c23 = vec4f();
  var c30 = vec4f();
  var c31 = vec4f();
  var c32 = vec4f();
  var c33 = vec4f();
  var at_a = row * size;
  var at_b = column;
  for (var k = 0u; k < size; k++) {
    let a0 = a[at_a];
    let a1 = a[at_a + size];
    let a2 = a[at_a + 2u * size];
    let a3 = a[at_a + 3u * size];
    let b0 = b[at_b];
    let b1 = b[at_b + 1u];
    let b2 = b[at_b + 2u];
    let b3 = b[at_b + 3u];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
    at_a += 1u;
    at_b += quads;
  }
  let to = row * quads + column;
  c[to] = c00;
  c[to + 1u] = c01;
  c[to + 2u] = c02;
  c[to + 3u] = c03;
  c[to + quads] = c10;
  c[to + quads + 1u] = c11;
  c[to + quads + 2u] = c12;
  c[to + quads + 3u] = c13;
  c[to + 2u * quads] = c20;
  c[to + 2u * quads + 1u] = c21;
  c[to + 2u * quads + 2u] = c22;
  c[to + 2u * quads + 3u] = c23;
  c[to + 3u * quads] = c30;
  c[to + 3u * quads + 1u] = c31;
  c[to + 3u * quads + 2u] = c32;
  c[to + 3u * quads + 3u] = c33;
}
