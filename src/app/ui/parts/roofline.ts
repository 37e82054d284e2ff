// The roofline of an adapter: how much arithmetic a kernel does for each byte that it moves, how fast it does it, and the
// two roofs above it, of memory and of arithmetic. Both axes are logarithmic.
import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { figure } from '../format.ts';

/** A kernel on the plot. */
export interface RooflinePoint {
  readonly name: string;
  /** GFLOP/s. */
  readonly gflops: number | null;
  /** GB/s. */
  readonly gbps: number | null;
  /** What the adapter can do: multiply-adds in GFLOP/s, copies in GB/s. */
  readonly rates: { readonly fma: number; readonly copy: number } | null;
}

const SIZE = { width: 640, height: 320, left: 56, right: 16, top: 16, bottom: 40 };

/** From a value to pixels along one axis. */
type Scale = (value: number) => number;

const logScale = (low: number, high: number, from: number, to: number): Scale => {
  const span = Math.log(high / low);
  return (value) => from + (Math.log(Math.max(value, low) / low) / span) * (to - from);
};

/** A power of ten in digits, without those that rounding left. */
const power = (value: number): string => String(Number(value.toPrecision(2)));

/** Powers of ten from below the least to above the largest. */
function decades(values: readonly number[]): number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
}

/** The plot; nothing where no kernel has both figures. */
export function roofline(all: readonly RooflinePoint[]): TemplateResult | typeof nothing {
  const points = all.flatMap(({ name, gflops, gbps }) =>
    gflops && gbps ? [{ name, gflops, intensity: gflops / gbps }] : [],
  );
  const rates = all.find((point) => point.rates !== null)?.rates;
  if (points.length === 0 || !rates) return nothing;
  const ridge = rates.fma / rates.copy;
  const columns = decades([...points.map(({ intensity }) => intensity), ridge]);
  const rows = decades([...points.map(({ gflops }) => gflops), rates.fma]);
  const x = logScale(columns[0]!, columns.at(-1)!, SIZE.left, SIZE.width - SIZE.right);
  const y = logScale(rows[0]!, rows.at(-1)!, SIZE.height - SIZE.bottom, SIZE.top);
  // where the memory's roof leaves the plot
  const start = Math.max(columns[0]!, rows[0]! / rates.copy);
  const roof = [
    [start, start * rates.copy],
    [ridge, rates.fma],
    [columns.at(-1)!, rates.fma],
  ].map(([a, b]) => `${x(a!).toFixed(1)},${y(b!).toFixed(1)}`);
  return html`
    <figure class="roofline">
      <svg
        viewBox="0 0 ${SIZE.width} ${SIZE.height}"
        role="img"
        aria-label="Roofline: arithmetic per byte of ${points.length} kernels, and their speed below what the adapter allows"
      >
        ${columns.map(
          (
            value,
          ) => svg`<line class="grid" x1=${x(value)} x2=${x(value)} y1=${SIZE.top} y2=${SIZE.height - SIZE.bottom}></line>
          <text x=${x(value)} y=${SIZE.height - SIZE.bottom + 16} text-anchor="middle">${power(value)}</text>`,
        )}
        ${rows.map(
          (
            value,
          ) => svg`<line class="grid" x1=${SIZE.left} x2=${SIZE.width - SIZE.right} y1=${y(value)} y2=${y(value)}></line>
          <text x=${SIZE.left - 6} y=${y(value) + 4} text-anchor="end">${power(value)}</text>`,
        )}
        <polyline class="roof" points=${roof.join(' ')}></polyline>
        ${points.map(
          ({ name, gflops, intensity }) => svg`<circle cx=${x(intensity)} cy=${y(gflops)} r="5">
            <title>${name}: ${figure(gflops)} GFLOP/s at ${figure(intensity)} FLOP a byte</title></circle>`,
        )}
        <text x=${SIZE.width - SIZE.right} y=${SIZE.height - 6} text-anchor="end">FLOP a byte</text>
        <text x=${SIZE.left + 6} y=${SIZE.top + 12}>GFLOP/s</text>
      </svg>
      <figcaption class="hint">
        Each point is a kernel; its name shows when it is pointed at. The line is what memory
        (${figure(rates.copy)} GB/s) and arithmetic (${figure(rates.fma)} GFLOP/s) allow.
      </figcaption>
    </figure>
  `;
}
