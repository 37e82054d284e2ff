// A curve in one line of a terminal.

const BARS = '▁▂▃▄▅▆▇█';

/** As many characters as `values` has, at most `width`: each the mean of its share, from the least to the largest. */
export function sparkline(values: readonly number[], width = 40): string {
  const count = Math.min(width, values.length);
  const means = Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * values.length) / count);
    const share = values.slice(from, Math.floor(((i + 1) * values.length) / count)).filter(Number.isFinite);
    return share.length === 0 ? NaN : share.reduce((sum, value) => sum + value, 0) / share.length;
  });
  const finite = means.filter((mean) => !Number.isNaN(mean));
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  return means
    .map((mean) => {
      if (Number.isNaN(mean)) return ' ';
      if (most === least) return BARS[3];
      return BARS[Math.min(BARS.length - 1, Math.floor((BARS.length * (mean - least)) / (most - least)))];
    })
    .join('');
}
