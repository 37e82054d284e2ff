// Number, mean and sum of squared deviations of some values of a channel, and what follows from those of all.
// The bindings of both forms of batch_norm_finalize.
//#include "norm/lib/batch_chunks.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partials: array<vec2f>;
@group(0) @binding(2) var<storage, read> gamma: array<f32>;
@group(0) @binding(3) var<storage, read> beta: array<f32>;
@group(0) @binding(4) var<storage, read_write> affine: array<f32>;
@group(0) @binding(5) var<storage, read_write> moments: array<f32>;
@group(0) @binding(6) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(7) var<storage, read_write> running_var: array<f32>;

struct Moments {
  count: f32,
  mean: f32,
  deviations: f32,
}

// All chunks are equally large: no divisions, which are dear on software adapters, to find out how large.
override EQUAL: bool = false;

// Those of chunk number `chunk` of the channel whose partials begin at `first`.
fn chunk_moments(first: u32, chunk: u32) -> Moments {
  let part = partials[first + chunk];
  if (EQUAL) {
    return Moments(f32(params.chunk_images * params.part_pixels), part.x, part.y);
  }
  return Moments(f32(chunk_pixels(chunk_at(chunk))), part.x, part.y);
}

// Chan's formula.
fn combine(a: Moments, b: Moments) -> Moments {
  let total = a.count + b.count;
  let share = select(b.count / total, 0.0, total == 0.0);
  let delta = b.mean - a.mean;
  return Moments(total, a.mean + delta * share, a.deviations + b.deviations + delta * delta * (a.count * share));
}

// Writes what a channel's moments give: its scale and shift, and its share of the running statistics.
fn store_statistics(batch: u32, channel: u32, all: Moments) {
  let variance = all.deviations / all.count;
  let inverse = 1.0 / sqrt(variance + params.eps);
  var scale = inverse;
  var shift = -all.mean * scale;
  if (params.has_gamma != 0u) {
    scale = gamma[channel] * inverse;
    shift = beta[channel] - all.mean * scale;
  }
  let at = batch * params.moments_stride + channel;
  affine[at] = scale;
  affine[at + params.channels] = shift;
  moments[at] = all.mean;
  moments[at + params.channels] = inverse;
  if (params.has_running != 0u) {
    let unbiased = all.deviations / max(all.count - 1.0, 1.0);
    running_mean[channel] += params.momentum * (all.mean - running_mean[channel]);
    running_var[channel] += params.momentum * (unbiased - running_var[channel]);
  }
}
