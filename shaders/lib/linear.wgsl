// One-dimensional grids of any length: the host folds more than 65535 workgroups into x and y
// (runtime/engine/engine.ts, workgroups), and this unfolds them.
fn linear_id(id: vec3u, groups: vec3u, workgroup_size: u32) -> u32 {
  return id.x + id.y * (groups.x * workgroup_size);
}
