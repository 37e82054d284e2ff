// What a transformation changed, in figures.
import { html, type TemplateResult } from 'lit-html';
import type { Transformation } from '../../protocol.ts';
import { millions, percent, signed, whole } from '../format.ts';
import type { Term } from '../words/terms.ts';
import { term } from './term.ts';

interface Row {
  readonly name: Term;
  readonly label: string;
  readonly note: string;
  readonly before: string;
  readonly after: string;
  readonly change: string;
}

const relative = (before: number, after: number): string => `${signed((100 * (after - before)) / before)} %`;

function accuracyRow(
  label: string,
  note: string,
  { before, after, images }: Transformation['accuracy']['test'],
): Row {
  return {
    name: 'accuracy',
    label,
    note: `${whole(images)} images ${note}`,
    before: percent(before),
    after: percent(after),
    change: `${signed(100 * (after - before))} points`,
  };
}

function costRow(name: Term, label: string, before: number, after: number): Row {
  return {
    name,
    label,
    note: 'network of 20 cells, 36 channels',
    before: millions(before),
    after: millions(after),
    change: relative(before, after),
  };
}

export function transformationTable({ accuracy, cost, candidates }: Transformation): TemplateResult {
  const { before, after } = cost;
  const rows = [
    accuracyRow('Accuracy', 'for testing, which chose nothing', accuracy.test),
    accuracyRow('Accuracy in the choice', 'that chose among the candidates', accuracy.selection),
    costRow('madds', 'Multiply-adds', before.madds, after.madds),
    costRow('parameters', 'Parameters', before.params, after.params),
  ];
  return html`
    <table class="wide-table">
      <caption class="visually-hidden">
        Before and after the transformation
      </caption>
      <thead>
        <tr>
          <th scope="col"><span class="visually-hidden">Figure</span></th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
          <th scope="col">Change</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <th scope="row">${term(row.name, row.label)} <span class="hint">${row.note}</span></th>
              <td class="number" data-label="Before">${row.before}</td>
              <td class="number" data-label="After">${row.after}</td>
              <td class="number" data-label="Change">${row.change}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="hint">
      Best of ${candidates.length} ${candidates.length === 1 ? 'transformation' : 'transformations'} by
      accuracy. Accuracies are those of the shared weights, not of networks trained for themselves: on few
      images, differences of some points are noise.
    </p>
  `;
}
