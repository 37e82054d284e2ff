// What pictures look like: one style sheet for all of them, in a light and a dark version. Colours of states and series
// differ in lightness and by colour-blind eyes too (after Okabe and Ito), and no meaning hangs on colour alone.
import { EDGE_CHANGES } from './change.ts';

/** Of a picture that follows its reader's preference, or is of one kind. */
export type Theme = 'auto' | 'light' | 'dark';

/** Colours by their use. */
interface Palette {
  readonly paper: string;
  readonly panel: string;
  readonly ink: string;
  readonly muted: string;
  readonly faint: string;
  readonly edge: string;
  readonly node: string;
  readonly input: string;
  readonly chip: string;
  readonly convolution: string;
  readonly pooling: string;
  readonly identity: string;
  readonly changes: Readonly<Record<(typeof EDGE_CHANGES)[number], string>>;
  readonly series: readonly string[];
}

const LIGHT: Palette = {
  paper: '#ffffff',
  panel: '#f6f8fa',
  ink: '#1f2933',
  muted: '#5b6774',
  faint: '#dde2e8',
  edge: '#8896a5',
  node: '#dbe7f6',
  input: '#e3efdc',
  chip: '#ffffff',
  convolution: '#2f5f98',
  pooling: '#8a5a00',
  identity: '#2e7d46',
  changes: { kept: '#8896a5', skip: '#0067b1', removed: '#c2410c', replaced: '#8a3a8f', added: '#00805a' },
  series: ['#0067b1', '#c2410c', '#00805a', '#8a3a8f', '#8a6a00', '#475569', '#0e7c86', '#b4235a'],
};

const DARK: Palette = {
  paper: '#14181d',
  panel: '#1b2127',
  ink: '#e6eaee',
  muted: '#a3aeba',
  faint: '#333c46',
  edge: '#7d8b99',
  node: '#26415f',
  input: '#2b4330',
  chip: '#14181d',
  convolution: '#8fbcf2',
  pooling: '#e8b865',
  identity: '#85d29b',
  changes: { kept: '#7d8b99', skip: '#56b4f0', removed: '#ff8a5c', replaced: '#dc93e0', added: '#4fd6a5' },
  series: ['#56b4f0', '#ff8a5c', '#4fd6a5', '#dc93e0', '#e5c35a', '#a3b1c2', '#5fd0d8', '#f58bb4'],
};

/** Dash patterns of changed edges, so that they are told apart without colours too. */
const DASHES: Readonly<Record<(typeof EDGE_CHANGES)[number], string>> = {
  kept: 'none',
  skip: '9 4',
  removed: '2 4',
  replaced: '11 4 2 4',
  added: '16 4',
};

/** Dash patterns of the series of a chart; the first is a plain line. */
const SERIES_DASHES = ['none', '7 4', '2 3', '11 4 2 4', '14 4', '4 2', '9 3 2 3 2 3', '1 3'];

/** How many series of a chart are told apart. */
export const SERIES_COUNT = SERIES_DASHES.length;

/** That of the reader's system; by names, too, for programs that do not know it, of which some do not read quotes. */
const FONTS =
  'system-ui, -apple-system, Segoe UI, DejaVu Sans, Noto Sans, Liberation Sans, Helvetica, Arial, sans-serif';

/** What does not depend on the colours. */
const SHAPES = `
.nat-drawing { font-family: ${FONTS}; font-size: 12px; }
.nat-title { font-size: 16px; font-weight: 600; }
.nat-heading { font-size: 13px; font-weight: 600; }
.nat-drawing .nat-small { font-size: 11px; }
.nat-sub { font-size: 9px; }
.nat-node text { font-size: 13px; }
.nat-edge .nat-line { fill: none; stroke-width: 1.6; }
.nat-edge .nat-hit { fill: none; stroke: transparent; stroke-width: 14; }
.nat-chip rect { stroke-width: 1.2; }
.nat-chip text { font-size: 11.5px; font-weight: 500; }
.nat-concat .nat-line { fill: none; stroke-width: 1.2; }
.nat-curve { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.nat-band { stroke: none; fill-opacity: 0.16; }
.nat-flow { fill: none; stroke-width: 1.3; }
.nat-thin { stroke-width: 1; }
.nat-dashed { stroke-dasharray: 4 3; }
${Object.entries(DASHES)
  .filter(([change]) => change !== 'kept')
  .map(
    ([change, dash]) =>
      `.nat-${change} .nat-line { stroke-width: 2.4; stroke-dasharray: ${dash}; }\n` +
      `.nat-${change} .nat-chip rect { stroke-width: 1.8; }`,
  )
  .join('\n')}
.nat-null .nat-line { stroke-width: 1.4; stroke-dasharray: 2 4; }
${SERIES_DASHES.map((dash, i) => `.nat-series-${i} .nat-curve { stroke-dasharray: ${dash}; }`).join('\n')}
`;

const colours = (palette: Palette): string => `
.nat-drawing text { fill: ${palette.ink}; }
.nat-drawing .nat-muted { fill: ${palette.muted}; }
.nat-paper { fill: ${palette.paper}; }
.nat-panel { fill: ${palette.panel}; }
.nat-node rect, .nat-node circle { fill: ${palette.node}; stroke: ${palette.edge}; }
.nat-input rect { fill: ${palette.input}; }
.nat-edge .nat-line, .nat-concat .nat-line { stroke: ${palette.edge}; }
.nat-edge .nat-head, .nat-concat .nat-head { fill: ${palette.edge}; }
.nat-chip rect { fill: ${palette.chip}; stroke: ${palette.faint}; }
.nat-convolution .nat-chip text { fill: ${palette.convolution}; }
.nat-pooling .nat-chip text { fill: ${palette.pooling}; }
.nat-identity .nat-chip text { fill: ${palette.identity}; }
.nat-null .nat-chip text { fill: ${palette.muted}; }
.nat-grid { stroke: ${palette.faint}; }
.nat-axis { stroke: ${palette.muted}; }
.nat-flow { stroke: ${palette.edge}; }
.nat-flow-head { fill: ${palette.edge}; }
.nat-reduction rect { fill: ${palette.input}; }
.nat-plain rect { fill: ${palette.panel}; }
${EDGE_CHANGES.filter((change) => change !== 'kept')
  .map(
    (change) =>
      `.nat-${change} .nat-line, .nat-${change} .nat-chip rect { stroke: ${palette.changes[change]}; }\n` +
      `.nat-${change} .nat-head, .nat-drawing .nat-${change} .nat-chip text { fill: ${palette.changes[change]}; }`,
  )
  .join('\n')}
${palette.series
  .map(
    (color, i) =>
      `.nat-series-${i} .nat-curve { stroke: ${color}; }\n.nat-series-${i} .nat-band, .nat-series-${i} .nat-dot { fill: ${color}; }`,
  )
  .join('\n')}
`;

/**
 * The style sheet of all pictures, which carry the class `nat-drawing`. A page that shows pictures made with
 * `standalone: false` includes it once; 'auto' follows `prefers-color-scheme`.
 */
export function drawingStyles(theme: Theme = 'auto'): string {
  if (theme !== 'auto') return SHAPES + colours(theme === 'dark' ? DARK : LIGHT);
  return `${SHAPES}${colours(LIGHT)}@media (prefers-color-scheme: dark) {${colours(DARK)}}\n`;
}
