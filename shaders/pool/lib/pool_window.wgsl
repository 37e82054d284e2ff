// Which windows of a pooling cover a coordinate. Window o covers the padded coordinates o*stride .. o*stride+kernel-1.
// `at` is an input coordinate plus padding.
fn first_window(at: i32, kernel: i32, stride: i32) -> i32 {
  return max(at - kernel + stride, 0) / stride;
}

fn end_window(at: i32, stride: i32, windows: i32) -> i32 {
  return min(at / stride + 1, windows);
}

// How many of a window's coordinates lie inside the image.
fn inside(window: i32, kernel: i32, stride: i32, padding: i32, extent: i32) -> i32 {
  let begin = window * stride - padding;
  return min(begin + kernel, extent) - max(begin, 0);
}
