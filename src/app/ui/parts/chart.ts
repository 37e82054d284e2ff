// <nat-chart>: curves that grow while one watches, by uPlot. Colours come from the page's styles, so that they follow the
// theme; the size is the element's own, so that nothing moves when it is drawn.
import uPlot from 'uplot';
import type { CurveMark } from '../../../draw/curves.ts';
import { figure } from '../format.ts';

/** Points of one curve; rows may lack it. */
export interface Curve {
  readonly name: string;
  /** Same length as `x`; null where there is no value. */
  readonly y: readonly (number | null)[];
}

export interface ChartData {
  readonly x: readonly number[];
  /** Of the horizontal axis: 'step'. */
  readonly xName: string;
  readonly curves: readonly Curve[];
  /** How values are written; figures unless given. */
  readonly format?: (value: number) => string;
  /** Vertical lines with names, at values of x. */
  readonly marks?: readonly CurveMark[];
}

const HEIGHT = 168;
const HEIGHT_TALL = 300;

/** The colour that an element of this class has. */
function colorOf(host: HTMLElement, name: string): string {
  const probe = document.createElement('i');
  probe.className = name;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const sameShape = (a: ChartData, b: ChartData): boolean =>
  a.xName === b.xName && a.curves.map(({ name }) => name).join() === b.curves.map(({ name }) => name).join();

/** The element: set `data`. */
export class ChartElement extends HTMLElement {
  #data: ChartData | null = null;
  #plot: uPlot | null = null;
  #resize: ResizeObserver | null = null;
  readonly #redraw = (): void => this.#rebuild();

  set data(data: ChartData) {
    const before = this.#data;
    if (before === data) return;
    this.#data = data;
    if (this.#plot && before && sameShape(before, data)) this.#plot.setData(this.#columns());
    else this.#rebuild();
  }

  connectedCallback(): void {
    this.#resize = new ResizeObserver(() => this.#fit());
    this.#resize.observe(this);
    addEventListener('themechange', this.#redraw);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', this.#redraw);
    this.#rebuild();
  }

  disconnectedCallback(): void {
    this.#resize?.disconnect();
    removeEventListener('themechange', this.#redraw);
    matchMedia('(prefers-color-scheme: dark)').removeEventListener('change', this.#redraw);
    this.#plot?.destroy();
    this.#plot = null;
  }

  #columns(): uPlot.AlignedData {
    const { x = [], curves = [] } = this.#data ?? {};
    return [[...x], ...curves.map(({ y }) => [...y])] as uPlot.AlignedData;
  }

  get #height(): number {
    return this.classList.contains('tall') ? HEIGHT_TALL : HEIGHT;
  }

  #fit(): void {
    const width = this.clientWidth;
    if (this.#plot && width > 0 && width !== this.#plot.width) {
      this.#plot.setSize({ width, height: this.#height });
    } else if (!this.#plot && width > 0) this.#rebuild();
  }

  #rebuild(): void {
    const data = this.#data;
    if (!this.isConnected || !data || this.clientWidth === 0) return;
    this.#plot?.destroy();
    const [ink, line] = [colorOf(this, 'chart-ink'), colorOf(this, 'chart-line')];
    const write = data.format ?? figure;
    const axis = {
      stroke: ink,
      grid: { stroke: line, width: 1 },
      ticks: { show: false },
      font: '11px system-ui',
    };
    const series = data.curves.map(({ name }, i): uPlot.Series => ({
      label: name,
      stroke: colorOf(this, `chart-${i % 6}`),
      width: 1.6,
      dash: DASHES[i % DASHES.length]!,
      spanGaps: true,
      points: { show: data.x.length < 2 },
      value: (_, value) => (value === null || value === undefined ? '–' : write(value)),
    }));
    this.#plot = new uPlot(
      {
        width: this.clientWidth,
        height: this.#height,
        legend: { show: data.curves.length > 1 || data.marks !== undefined },
        cursor: { y: false, points: { size: 6 } },
        scales: { x: { time: false } },
        axes: [
          {
            ...axis,
            size: 26,
            gap: 2,
            values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? String(tick) : '')),
          },
          { ...axis, size: 48, gap: 4, values: (_, ticks) => ticks.map(write) },
        ],
        series: [{ label: data.xName }, ...series],
        hooks: { draw: [(plot) => drawMarks(plot, this.#data?.marks ?? [], ink)] },
      },
      this.#columns(),
      this,
    );
  }
}

/** Curves differ by their strokes, too, not by colour alone. */
const DASHES: readonly number[][] = [[], [6, 4], [2, 3], [10, 4, 2, 4], [12, 4], [4, 2]];

function drawMarks(plot: uPlot, marks: NonNullable<ChartData['marks']>, color: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.setLineDash([3, 3]);
  ctx.font = `${11 * devicePixelRatio}px system-ui`;
  const lines = [...marks].sort((a, b) => a.x - b.x);
  for (const [i, { x, name }] of lines.entries()) {
    const at = Math.round(plot.valToPos(x, 'x', true));
    // names that stand close are written one below the other
    const right = at > bbox.left + 0.8 * bbox.width;
    ctx.textAlign = right ? 'right' : 'left';
    const height = (right ? 60 + 16 * (lines.length - i) : 30) * devicePixelRatio;
    ctx.fillText(name, at + (right ? -6 : 6) * devicePixelRatio, bbox.top + bbox.height - height);
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
