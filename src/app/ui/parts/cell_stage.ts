// Cells on stage: the normal and the reduction cell of an architecture, or of two beside each other, with what is known
// of the edge that is looked at.
import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { CELL_KINDS, type CellKind, type Genotype } from '../../../arch/genotype.ts';
import { formatGenotype } from '../../../arch/genotype_file.ts';
import { CELL_TITLES } from '../../../draw/cell_graph.ts';
import { formatCellText } from '../../cell_text.ts';
import type { EdgeProbabilities } from '../../protocol.ts';
import type { App } from '../app.ts';
import { edgeCosts } from '../costs.ts';
import { cellForPage, changeForPage, isNarrow, onNarrow, pictureFile } from '../drawings.ts';
import type { EdgePlace } from './cell_graph.ts';
import { decisions } from './decisions.ts';
import { edgePanel } from './edge_panel.ts';
import { pictureButtons, saveButton } from './take_away.ts';

/** All that a drawing shows of a genotype: to lay it out takes long, and views are drawn again at every word of a run. */
const textOf = (genotype: Genotype): string => `${genotype.name ?? ''} ${formatCellText(genotype)}`;

export interface Stage {
  readonly before: Genotype;
  /** What became of it; null for one architecture alone. */
  readonly after: Genotype | null;
  /** Of the edges of `before`. */
  readonly probabilities: EdgeProbabilities | null;
  /** Of files to take away. */
  readonly name: string;
  /** Where edges can be changed: which one is, and who hears of another. */
  readonly picked?: EdgePlace | null;
  pick?(edge: EdgePlace): void;
  /** Beside the cells, below what is said of the edge. */
  readonly beside?: unknown;
  /** Between the cells and what is said of the edge, where there is room. */
  readonly between?: unknown;
}

/** A stage that remembers which edge is looked at. */
export function createCellStage(app: App): (stage: Stage) => TemplateResult {
  let looked: EdgePlace | null = null;
  onNarrow(app.update);

  return ({ before, after, probabilities, name, picked = null, pick, beside, between }) => {
    const shown = picked ?? looked;
    const genotype = shown?.side === 'after' && after ? after : before;
    const cell = (kind: CellKind): TemplateResult => html`
      <figure class="cell-figure">
        ${after ? nothing : html`<figcaption>${CELL_TITLES[kind]}</figcaption>`}
        <nat-cell
          .drawing=${guard([textOf(before), after && textOf(after), isNarrow()], () =>
            after ? changeForPage(before, after, kind) : cellForPage(before, kind),
          )}
          @edge-look=${({ detail }: CustomEvent<EdgePlace | null>) => {
            if (detail === null && picked === null) return;
            looked = detail ?? looked;
            app.update();
          }}
          @edge-pick=${({ detail }: CustomEvent<EdgePlace>) => {
            looked = detail;
            pick?.(detail);
            app.update();
          }}
        ></nat-cell>
      </figure>
    `;
    return html`
      <div class="stage ${after ? 'pair' : ''} ${between ? 'wide' : ''}">
        <div class="stage-cells">${CELL_KINDS.map(cell)}</div>
        ${between ? html`<div class="stage-between">${between}</div>` : nothing}
        <div class="stage-side" aria-live="off">
          ${edgePanel({ genotype, edge: shown, probabilities, costs: edgeCosts(app.update) })}
          ${beside ?? nothing} ${probabilities ? decisions(before, probabilities) : nothing}
        </div>
      </div>
      <div class="actions-row take">
        <span class="hint">Take away</span>
        ${pictureButtons(app, name, () => pictureFile(before, after))}
        ${saveButton(app, 'Genotype', `${name}.json`, () => formatGenotype(after ?? before))}
      </div>
    `;
  };
}
