// A share as a bar. SVG attributes say its length, since inline styles are not allowed.
import { html, svg, type TemplateResult } from 'lit-html';
import { percent } from '../format.ts';

/** A bar of that share, 0 to 1; its text stands beside it. */
export const bar = (share: number, kind = ''): TemplateResult => html`
  <svg class="bar ${kind}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
    ${svg`<rect class="bar-ground" width="100" height="6"></rect>
    <rect class="bar-fill" width=${Math.max(0, Math.min(1, share)) * 100} height="6"></rect>`}
  </svg>
`;

/** How far something is, for everybody. */
export const progress = (share: number, label: string): TemplateResult => html`
  <div
    class="progress"
    role="progressbar"
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${Math.round(100 * share)}
    aria-valuetext=${percent(share, 0)}
  >
    ${bar(share)}
  </div>
`;
