// y = softmax of every row: y_j = exp(x_j - max) / sum_k exp(x_k - max); MASKED: over the entries k that the row's mask
// allows, at least one of them, and 0 elsewhere. Without MASKED, mask is not read.
// x, y: (R,K), mask: (R,K) of 0 and 1. One invocation: a row.
//#include "lib/grid.wgsl"
override MASKED: bool = false;

struct Params {
  rows: u32,
  k: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> mask: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// Of the entries begin .. end - 1. The sum is relative to the largest so far, which saves a pass over the row.
fn softmax(begin: u32, end: u32) {
  var largest = x[begin];
  var sum = 1.0;
  for (var i = begin + 1u; i < end; i++) {
    let above = x[i] - largest;
    let e = exp(-abs(above));
    sum = select(sum + e, sum * e + 1.0, above > 0.0);
    largest = max(largest, x[i]);
  }
  for (var i = begin; i < end; i++) {
    y[i] = exp(x[i] - largest) / sum;
  }
}

// Of those among them that the mask allows.
fn masked_softmax(begin: u32, end: u32) {
  var largest = -3.4e38;
  for (var i = begin; i < end; i++) {
    if (mask[i] != 0) {
      largest = max(largest, x[i]);
    }
  }
  var sum = 0.0;
  for (var i = begin; i < end; i++) {
    var e = 0.0;
    if (mask[i] != 0) {
      e = exp(x[i] - largest);
    }
    y[i] = e;
    sum += e;
  }
  for (var i = begin; i < end; i++) {
    y[i] /= sum;
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row = linear_id(id, workgroups, 64u);
  if (row >= params.rows) {
    return;
  }
  let begin = row * params.k;
  let end = begin + params.k;
  if (MASKED) {
    masked_softmax(begin, end);
  } else {
    softmax(begin, end);
  }
}
