// Drawings of cells as the page shows them, and as files to take away.
import type { CellKind, Genotype } from '../../arch/genotype.ts';
import { drawCell } from '../../draw/cell.ts';
import { drawCurves } from '../../draw/curves.ts';
import { drawingStyles } from '../../draw/theme.ts';
import { drawTransformation } from '../../draw/transformation.ts';
import type { ChartData } from './parts/chart.ts';

const DARK = matchMedia('(prefers-color-scheme: dark)');
const NARROW = matchMedia('(max-width: 40rem)');

/** Whether the page is dark at the moment. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === undefined ? DARK.matches : chosen === 'dark';
}

/** Gives drawings in the page their colours, those of the theme of the moment. */
export function installDrawingStyles(): void {
  const sheet = new CSSStyleSheet();
  const set = (): void => sheet.replaceSync(drawingStyles(isDark() ? 'dark' : 'light'));
  set();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  addEventListener('themechange', set);
  DARK.addEventListener('change', set);
}

/** Whether the page is narrow at the moment: edges then go down it. */
export const isNarrow = (): boolean => NARROW.matches;
const direction = (): 'right' | 'down' => (isNarrow() ? 'down' : 'right');

/** Calls back when drawings have to be made anew. */
export const onNarrow = (change: () => void): void => NARROW.addEventListener('change', change);

/** A cell to look at. */
export const cellForPage = (genotype: Genotype, kind: CellKind): string =>
  drawCell(genotype, kind, { standalone: false, interactive: true, direction: direction() });

/** What a transformation changed in one of the cells, to look at. */
export const changeForPage = (before: Genotype, after: Genotype, kind: CellKind): string =>
  drawTransformation(before, after, {
    standalone: false,
    interactive: true,
    direction: direction(),
    cells: [kind],
    ...(isNarrow() ? { widest: 0 } : {}),
  });

/** A picture of a genotype, or of what became of it, as a file of its own. */
export function pictureFile(before: Genotype, after: Genotype | null): string {
  const theme = isDark() ? 'dark' : 'light';
  return drawTransformation(before, after ?? before, { theme });
}

/** A chart as a file of its own. */
export function curveFile(yLabel: string, { x, xName, curves, marks = [] }: ChartData): string {
  const drawn = curves.map(({ name, y }) => ({
    name,
    points: x.flatMap((place, i) => (typeof y[i] === 'number' ? [{ x: place, y: y[i] }] : [])),
  }));
  return drawCurves(drawn, { xLabel: xName, yLabel, marks, theme: isDark() ? 'dark' : 'light' });
}
