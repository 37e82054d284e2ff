// Where an invocation stands in its kernel's grid, whose coordinates are numbered in one row, the first fastest.

// The number of an invocation. The host folds more than 65535 workgroups into x and y (runtime/engine/engine.ts,
// workgroups), and this unfolds them.
fn linear_id(id: vec3u, workgroups: vec3u, workgroup_size: u32) -> u32 {
  return id.x + id.y * (workgroups.x * workgroup_size);
}

// The number of a workgroup, for kernels whose grid counts those.
fn workgroup_index(workgroup: vec3u, workgroups: vec3u) -> u32 {
  return workgroup.x + workgroup.y * workgroups.x;
}

// Takes the fastest coordinate, which counts to `extent`, off a number; what is left numbers the slower ones.
// One division: a software adapter takes as long for it as for a hundred multiply-adds.
fn next_coordinate(rest: ptr<function, u32>, extent: u32) -> u32 {
  let slower = *rest / extent;
  let coordinate = *rest - slower * extent;
  *rest = slower;
  return coordinate;
}
