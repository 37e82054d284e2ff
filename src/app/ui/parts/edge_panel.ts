// What is known of one edge: its operation, what it costs, and what the policy would do with it.
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Genotype } from '../../../arch/genotype.ts';
import { type EdgeCosts, edgeSite } from '../../../networks/edge_cost.ts';
import type { EdgeProbabilities } from '../../protocol.ts';
import { millions, percent } from '../format.ts';
import { OPERATION_WORDS } from '../words/operation_words.ts';
import { bar } from './bar.ts';
import { type EdgePlace, edgeNumber, edgeOfPair } from './cell_graph.ts';
import { term } from './term.ts';

const NODE_NAMES = ['the cell before last', 'the last cell'];
const nodeName = (node: number): string => NODE_NAMES[node] ?? `node ${node}`;

/** The actions as the page calls them. */
export const ACTION_WORDS: Readonly<Record<string, string>> = {
  same: 'keep',
  keep: 'keep',
  skip_connect: 'skip',
  skip: 'skip',
  null: 'remove',
};

export interface EdgePanel {
  readonly genotype: Genotype;
  readonly edge: EdgePlace | null;
  readonly probabilities: EdgeProbabilities | null;
  readonly costs: EdgeCosts | null;
}

/** Of the edge that is looked at; of none, how to look at one. */
export function edgePanel({ genotype, edge, probabilities, costs }: EdgePanel): TemplateResult {
  const found = edge && genotype[edge.kind][edgeNumber(edge)];
  if (!edge || !found) {
    return html`<p class="edge-panel hint">
      Point at an operation, or move through them with the arrow keys, to see what it is and what it costs.
    </p>`;
  }
  const [op, from, to] = found;
  const cost = costs?.edge(edgeSite(edge.kind, from), op);
  const total = costs?.total(genotype);
  const values = probabilities?.values[edgeOfPair(genotype, edge)];
  return html`
    <div class="edge-panel">
      <h3>${op} <span class="unit">${nodeName(from)} to node ${to}</span></h3>
      <p class="hint">${OPERATION_WORDS[op] ?? ''}</p>
      ${values && probabilities ? actions(probabilities.actions, values) : nothing}
      <dl class="figures">
        <div>
          <dt>${term('madds', 'Multiply-adds')}</dt>
          <dd>${cost ? millions(cost.madds) : '–'}</dd>
        </div>
        <div>
          <dt>${term('parameters', 'Parameters')}</dt>
          <dd>${cost ? millions(cost.params) : '–'}</dd>
        </div>
        <div>
          <dt>Share of the network</dt>
          <dd>${cost && total ? percent(cost.madds / total.madds) : '–'}</dd>
        </div>
      </dl>
    </div>
  `;
}

const actions = (names: readonly string[], values: readonly number[]): TemplateResult => html`
  <table class="actions">
    <caption>
      Probability of each action
    </caption>
    <tbody>
      ${names.map((name, i) => {
        const value = values[i] ?? 0;
        return html`<tr>
          <th scope="row">${ACTION_WORDS[name] ?? name}</th>
          <td>${bar(value, `action-${ACTION_WORDS[name] ?? 'other'}`)}</td>
          <td class="number">${percent(value)}</td>
        </tr>`;
      })}
    </tbody>
  </table>
`;
