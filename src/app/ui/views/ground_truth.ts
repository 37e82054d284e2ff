// Ground truth: where every cell has been trained by others, one can look up what a transformation is worth.
import { html, nothing, type TemplateResult } from 'lit-html';
import {
  CELL_COUNT,
  cellNumber,
  formatCell,
  OPERATION_NAMES,
  operationsOf,
  parseCell,
} from '../../../benchmark/space.ts';
import type { GroundTruth, GroundTruthPlace } from '../../protocol.ts';
import { type App, isRunnable, type View } from '../app.ts';
import { curveFile } from '../drawings.ts';
import { millions, percent, signed, whole } from '../format.ts';
import { progress } from '../parts/bar.ts';
import type { ChartData } from '../parts/chart.ts';
import { inPageWords } from '../parts/problem_words.ts';
import { pictureButtons } from '../parts/take_away.ts';
import { term } from '../parts/term.ts';

const EDGES = ['0 to 1', '0 to 2', '1 to 2', '0 to 3', '1 to 3', '2 to 3'];
const OPERATION_WORDS: Readonly<Record<string, string>> = {
  none: 'nothing',
  skip_connect: 'skip connection',
  nor_conv_1x1: 'convolution 1 by 1',
  nor_conv_3x3: 'convolution 3 by 3',
  avg_pool_3x3: 'mean of 3 by 3',
};
/** A mediocre cell, which leaves room to see something. */
const USUAL = '|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_3x3~0|nor_conv_1x1~1|none~2|';

interface Standing {
  readonly label: unknown;
  readonly mark: string;
  readonly accuracy: number;
  readonly place: GroundTruthPlace | null;
}

function standings(truth: GroundTruth): Standing[] {
  const placed = (label: unknown, mark: string, place: GroundTruthPlace | null): Standing[] =>
    place ? [{ label, mark, accuracy: place.accuracy, place }] : [];
  const mean = (label: unknown, mark: string, { accuracy }: { accuracy: number }): Standing[] => [
    { label, mark, accuracy, place: null },
  ];
  return [
    ...placed('The cell itself', 'cell', truth.input),
    ...mean(html`${term('random', 'A random transformation')}, on average`, 'random', truth.random),
    ...mean('The best of ten random ones, on average', 'random × 10', truth.randomBestOf10),
    ...placed(html`The ${term('policy', 'policy')}'s transformation`, 'policy', truth.policy),
    ...placed('The best of ten of the policy', 'policy × 10', truth.policyBestOf10),
    ...placed(term('oracle', 'The best there is'), 'best', truth.oracle),
  ];
}

/** How many cells are worse. */
function worseThan(landscape: Float32Array, accuracy: number): number {
  let low = 0;
  let high = landscape.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (landscape[middle]! < accuracy) low = middle + 1;
    else high = middle;
  }
  return low;
}

function landscapeChart(truth: GroundTruth): ChartData {
  const { landscape } = truth;
  const marks = standings(truth).map(({ accuracy, mark }) => ({
    x: worseThan(landscape, accuracy),
    name: mark,
  }));
  const x = Array.from(landscape, (_, i) => i);
  const curves = [{ name: 'test accuracy', y: Array.from(landscape) }];
  return { x, xName: 'cells that are worse', curves, marks, format: (value) => `${value.toFixed(1)} %` };
}

export function createGroundTruthView(app: App): View {
  let asked = '';
  let truth: GroundTruth | null = null;
  let chart: ChartData | null = null;
  let problem: string | null = null;
  let learning = false;

  async function look(cell: string): Promise<void> {
    asked = cell;
    try {
      const found = await app.client.call('groundTruth', { cell });
      if (asked !== cell) return;
      truth = found;
      chart = landscapeChart(found);
      problem = null;
    } catch (error) {
      problem = inPageWords((error as Error).message, null);
    }
    app.update();
  }

  async function learn(): Promise<void> {
    learning = true;
    app.update();
    try {
      await app.client.call('learnTable', {});
      await look(asked);
      app.say('The policy has learned');
    } catch (error) {
      app.fail(error);
    } finally {
      learning = false;
      app.update();
    }
  }

  const show = (cell: string): void => app.go({ view: 'ground-truth', query: { cell } }, true);

  function cellOf(text: string | undefined): number {
    try {
      return parseCell(text ?? USUAL, 'cell');
    } catch {
      return parseCell(USUAL, 'cell');
    }
  }

  function chooser(cell: number): TemplateResult {
    const operations = operationsOf(cell);
    const name = formatCell(cell);
    return html`
      <fieldset class="choice">
        <legend>The cell</legend>
        <div class="six">
          ${EDGES.map(
            (edge, i) =>
              html`<label class="field" for="edge-${i}"
                >Node ${edge}
                <select
                  id="edge-${i}"
                  @change=${(event: Event) => {
                    const next = operations.with(i, Number((event.target as HTMLSelectElement).value));
                    show(formatCell(cellNumber(next)));
                  }}
                >
                  ${OPERATION_NAMES.map((op, j) => html`<option value=${j} ?selected=${j === operations[i]}>${OPERATION_WORDS[op]}</option>`)}
                </select></label
              >`,
          )}
        </div>
        <div class="field">
          <label for="notation">As the benchmark writes it</label>
          <input
            id="notation"
            class="long"
            autocomplete="off"
            spellcheck="false"
            .value=${name}
            @change=${(event: Event) => {
              const text = (event.target as HTMLInputElement).value.trim();
              try {
                show(formatCell(parseCell(text, 'This')));
              } catch (error) {
                problem = inPageWords((error as Error).message, null);
                app.update();
              }
            }}
          />
          ${problem === null ? nothing : html`<p class="problem" role="alert">${problem}</p>`}
        </div>
        <div class="actions-row">
          <button
            type="button"
            class="quiet"
            @click=${() => show(formatCell(Math.floor(Math.random() * CELL_COUNT)))}
          >
            Any other
          </button>
        </div>
      </fieldset>
    `;
  }

  function answers(found: GroundTruth): TemplateResult {
    const base = found.input.accuracy;
    return html`
      <table class="wide-table">
        <caption class="visually-hidden">
          Where the answers stand among all cells
        </caption>
        <thead>
          <tr>
            <th scope="col">Answer</th>
            <th scope="col">${term('accuracy', 'Test accuracy')}</th>
            <th scope="col">Gain</th>
            <th scope="col">Better than</th>
            <th scope="col">${term('madds', 'Multiply-adds')}</th>
          </tr>
        </thead>
        <tbody>
          ${standings(found).map(
            ({ label, accuracy, place }) =>
              html`<tr>
                <th scope="row">
                  ${label}${place ? html` <code class="notation">${place.cell}</code>` : nothing}
                </th>
                <td class="number" data-label="Test accuracy">${accuracy.toFixed(2)} %</td>
                <td class="number" data-label="Gain">${signed(accuracy - base, 2)}</td>
                <td class="number" data-label="Better than">
                  ${percent(worseThan(found.landscape, accuracy) / found.landscape.length, 1)}
                </td>
                <td class="number" data-label="Multiply-adds">${place ? millions(place.madds) : '–'}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    `;
  }

  function lesson(): TemplateResult | typeof nothing {
    if (truth?.policy) return nothing;
    const { lesson: step } = app.state;
    const share = step && step.total > 0 ? step.done / step.total : 0;
    const runnable = isRunnable(app.state);
    return html`
      <section class="card" aria-labelledby="lesson">
        <h2 id="lesson">Let a policy learn from the table</h2>
        <p>
          It sees half of the cells with their accuracies, and answers for the other half. Some seconds on a
          GPU, half a minute without.
        </p>
        ${
          learning
            ? html`${progress(share, 'Progress of the lesson')}
                <p class="hint">
                  ${step ? `${whole(step.done)} of ${whole(step.total)} steps` : 'Beginning …'}
                </p>`
            : html`<button type="button" class="primary" ?disabled=${!runnable} @click=${learn}>
                  Train the policy
                </button>
                ${runnable ? nothing : html`<p class="hint">This needs WebGPU. The landscape below does not.</p>`}`
        }
      </section>
    `;
  }

  function render(text: string | undefined): TemplateResult {
    const cell = cellOf(text);
    const name = formatCell(cell);
    if (name !== asked) void look(name);
    return html`
      <h1>Ground truth</h1>
      <p class="lead">
        Does it work? For NAS-Bench-201, a small space of ${whole(CELL_COUNT)} cells, others have trained
        every one of them on CIFAR-10. So nothing has to be guessed here: choose a cell and see what
        transformations of it are worth.
      </p>
      <section class="card" aria-label="Cell">${chooser(cell)}</section>
      ${lesson()}
      <section class="card" aria-labelledby="landscape">
        <h2 id="landscape">${term('landscape', 'The landscape')}</h2>
        ${
          chart && truth
            ? html`<nat-chart
                  class="tall"
                  .data=${chart}
                  role="img"
                  aria-label="Test accuracies of all cells in rising order, with the answers of the table below marked"
                ></nat-chart>
                <div class="actions-row">
                  ${pictureButtons(app, 'landscape', () => curveFile('test accuracy, %', chart!))}
                </div>
                ${answers(truth)}`
            : html`<p class="hint">Reading the table …</p>`
        }
        <p class="hint">
          Dong and Yang, NAS-Bench-201, ICLR 2020: test accuracy on CIFAR-10 after 200 epochs, in percent.
        </p>
      </section>
    `;
  }

  return { name: 'ground-truth', title: 'Ground truth', render: ({ query }) => render(query.cell) };
}
