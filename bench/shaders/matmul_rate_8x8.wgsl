// The rate of a matrix product whose tiles live in registers, without workgroup memory: what suits software adapters.
// C = A B, all (size, size), row-major, in vec4s; size is a multiple of 8. One invocation: 8 rows by 8 columns of C,
// four steps along k at a time.
struct Params {
  size: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let quads = params.size / 4u;
  let tiles = params.size / 8u;
  let row = 8u * (id.x / tiles);
  let column = 2u * (id.x % tiles);
  if (row >= params.size) {
    return;
  }
  var c00 = vec4f();
  var c01 = vec4f();
  var c10 = vec4f();
  var c11 = vec4f();
  var c20 = vec4f();
  var c21 = vec4f();
  var c30 = vec4f();
  var c31 = vec4f();
  var c40 = vec4f();
  var c41 = vec4f();
  var c50 = vec4f();
  var c51 = vec4f();
  var c60 = vec4f();
  var c61 = vec4f();
  var c70 = vec4f();
  var c71 = vec4f();
  for (var k = 0u; k < quads; k++) {
    let b00 = b[(4u * k + 0u) * quads + column + 0u];
    let b01 = b[(4u * k + 0u) * quads + column + 1u];
    let b10 = b[(4u * k + 1u) * quads + column + 0u];
    let b11 = b[(4u * k + 1u) * quads + column + 1u];
    let b20 = b[(4u * k + 2u) * quads + column + 0u];
    let b21 = b[(4u * k + 2u) * quads + column + 1u];
    let b30 = b[(4u * k + 3u) * quads + column + 0u];
    let b31 = b[(4u * k + 3u) * quads + column + 1u];
    let a0 = a[(row + 0u) * quads + k];
    c00 += a0.x * b00 + a0.y * b10 + a0.z * b20 + a0.w * b30;
    c01 += a0.x * b01 + a0.y * b11 + a0.z * b21 + a0.w * b31;
    let a1 = a[(row + 1u) * quads + k];
    c10 += a1.x * b00 + a1.y * b10 + a1.z * b20 + a1.w * b30;
    c11 += a1.x * b01 + a1.y * b11 + a1.z * b21 + a1.w * b31;
    let a2 = a[(row + 2u) * quads + k];
    c20 += a2.x * b00 + a2.y * b10 + a2.z * b20 + a2.w * b30;
    c21 += a2.x * b01 + a2.y * b11 + a2.z * b21 + a2.w * b31;
    let a3 = a[(row + 3u) * quads + k];
    c30 += a3.x * b00 + a3.y * b10 + a3.z * b20 + a3.w * b30;
    c31 += a3.x * b01 + a3.y * b11 + a3.z * b21 + a3.w * b31;
    let a4 = a[(row + 4u) * quads + k];
    c40 += a4.x * b00 + a4.y * b10 + a4.z * b20 + a4.w * b30;
    c41 += a4.x * b01 + a4.y * b11 + a4.z * b21 + a4.w * b31;
    let a5 = a[(row + 5u) * quads + k];
    c50 += a5.x * b00 + a5.y * b10 + a5.z * b20 + a5.w * b30;
    c51 += a5.x * b01 + a5.y * b11 + a5.z * b21 + a5.w * b31;
    let a6 = a[(row + 6u) * quads + k];
    c60 += a6.x * b00 + a6.y * b10 + a6.z * b20 + a6.w * b30;
    c61 += a6.x * b01 + a6.y * b11 + a6.z * b21 + a6.w * b31;
    let a7 = a[(row + 7u) * quads + k];
    c70 += a7.x * b00 + a7.y * b10 + a7.z * b20 + a7.w * b30;
    c71 += a7.x * b01 + a7.y * b11 + a7.z * b21 + a7.w * b31;
  }
  c[(row + 0u) * quads + column + 0u] = c00;
  c[(row + 0u) * quads + column + 1u] = c01;
  c[(row + 1u) * quads + column + 0u] = c10;
  c[(row + 1u) * quads + column + 1u] = c11;
  c[(row + 2u) * quads + column + 0u] = c20;
  c[(row + 2u) * quads + column + 1u] = c21;
  c[(row + 3u) * quads + column + 0u] = c30;
  c[(row + 3u) * quads + column + 1u] = c31;
  c[(row + 4u) * quads + column + 0u] = c40;
  c[(row + 4u) * quads + column + 1u] = c41;
  c[(row + 5u) * quads + column + 0u] = c50;
  c[(row + 5u) * quads + column + 1u] = c51;
  c[(row + 6u) * quads + column + 0u] = c60;
  c[(row + 6u) * quads + column + 1u] = c61;
  c[(row + 7u) * quads + column + 0u] = c70;
  c[(row + 7u) * quads + column + 1u] = c71;
}
