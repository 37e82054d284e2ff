// What the policy would do with every edge, at one look: a bar for each, divided among the actions.
import { html, svg, type TemplateResult } from 'lit-html';
import { CELL_KINDS, type Genotype } from '../../../arch/genotype.ts';
import { CELL_TITLES } from '../../../draw/cell_graph.ts';
import type { EdgeProbabilities } from '../../protocol.ts';
import { percent } from '../format.ts';
import { ACTION_WORDS } from './edge_panel.ts';

/** Those of NAT, in the order in which a bar shows them. */
const ACTIONS = ['keep', 'skip', 'remove'] as const;

/** The bars of both cells; nothing for policies with other actions, whose probabilities stand with each edge alone. */
export function decisions(genotype: Genotype, { actions, values }: EdgeProbabilities): TemplateResult {
  const names = actions.map((action) => ACTION_WORDS[action]);
  const order = ACTIONS.map((action) => names.indexOf(action));
  if (order.includes(-1)) return html``;
  const parts = (edge: number): TemplateResult => {
    const shares = order.map((action) => values[edge]?.[action] ?? 0);
    const words = ACTIONS.map((action, i) => `${action} ${percent(shares[i]!, 0)}`).join(', ');
    return html`<svg
      class="parts"
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      role="img"
      aria-label=${words}
    >
      ${ACTIONS.map((action, i) => {
        const start = shares.slice(0, i).reduce((sum, share) => sum + share, 0);
        return svg`<rect class="part-${action}" x=${100 * start} width=${100 * shares[i]!} height="8"></rect>`;
      })}
    </svg>`;
  };
  return html`
    ${CELL_KINDS.map((kind) => {
      const first = kind === 'normal' ? 0 : genotype.normal.length;
      return html`
        <table class="decisions">
          <caption>
            ${CELL_TITLES[kind]}:
            ${ACTIONS.map((action) => html`<span class="key key-${action}"></span>${action}`)}
          </caption>
          <tbody>
            ${genotype[kind].map(
              ([op, from, to], i) =>
                html`<tr>
                  <th scope="row">${from} → ${to} ${op}</th>
                  <td>${parts(first + i)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      `;
    })}
  `;
}
