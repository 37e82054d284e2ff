// What a report looks like: one column on a phone, two charts side by side where there is room, light or dark as the reader
// prefers, and plain on paper.
import { drawingStyles } from '../draw/theme.ts';

const LIGHT =
  '--paper:#fff;--panel:#f6f8fa;--ink:#1f2933;--muted:#55616e;--line:#dde2e8;--mark:#e8f1fb;--accent:#0067b1';
const DARK =
  '--paper:#14181d;--panel:#1b2127;--ink:#e6eaee;--muted:#a3aeba;--line:#333c46;--mark:#1d3146;--accent:#56b4f0';

/** The style sheet, those of the pictures included. */
export const reportStyles = (): string => `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, Segoe UI, DejaVu Sans, Noto Sans, Helvetica, Arial, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
header { border-bottom: 1px solid var(--line); padding-bottom: 1.25rem; }
h1 { font-size: clamp(1.5rem, 1.1rem + 2vw, 2.2rem); line-height: 1.2; margin: 0 0 .35rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.75rem 0 1rem; }
p { margin: .35rem 0; max-width: 46rem; }
.kind { color: var(--accent); font-weight: 600; font-size: .85rem; letter-spacing: .04em; text-transform: uppercase; margin: 0 0 .4rem; }
.muted, figcaption, caption { color: var(--muted); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0; padding: 0; list-style: none; }
.tiles li { background: var(--panel); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem; }
.tiles b { display: block; font-size: 1.35rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.25; }
.tiles span { color: var(--muted); font-size: .85rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1rem; }
figure { margin: 0 0 1rem; }
.charts figure { margin: 0; border: 1px solid var(--line); border-radius: .6rem; padding: .75rem; }
.charts svg { width: 100%; min-width: 18rem; height: auto; display: block; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.scroll > svg { max-width: none; }
figcaption, caption { font-size: .9rem; text-align: left; padding: .25rem 0 .5rem; }
table { border-collapse: collapse; font-size: .92rem; min-width: 24rem; }
th, td { text-align: left; padding: .4rem 1.1rem .4rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: 400; }
thead th { color: var(--muted); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.marked > * { background: var(--mark); font-weight: 600; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 0 2rem; margin: 0; font-size: .92rem; }
dl div { display: flex; justify-content: space-between; gap: 1rem; border-bottom: 1px solid var(--line); padding: .32rem 0; }
dt { color: var(--muted); }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
details { border: 1px solid var(--line); border-radius: .6rem; padding: .6rem 1rem; margin: .6rem 0; }
summary { cursor: pointer; font-weight: 600; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, DejaVu Sans Mono, monospace; font-size: .88em; overflow-wrap: anywhere; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; font-size: .88rem; }
@media (max-width: 30rem) {
  main { padding: 1.25rem 1rem 3rem; }
  .charts figure { border: 0; padding: 0; }
  .tiles { grid-template-columns: 1fr 1fr; }
}
@media print {
  :root { ${LIGHT}; color-scheme: light; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  figure, table, .tiles, details { break-inside: avoid; }
  h2 { break-after: avoid; }
  .scroll { overflow: visible; }
  .scroll > svg { max-width: 100%; height: auto; }
}
${drawingStyles('auto')}
@media print { ${drawingStyles('light')} }
`;
