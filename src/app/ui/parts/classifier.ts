// A trained network put to use: which classes it takes for which, and what it says of an image that one draws or drops.
import { html, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import type { Classification, ConfusionMatrix, RunRecord } from '../../protocol.ts';
import type { App } from '../app.ts';
import { percent } from '../format.ts';
import { bar } from './bar.ts';
import { createDrawingPad } from './drawing_pad.ts';
import { term } from './term.ts';

/** Levels of shading. */
const SHADES = 8;

export function createClassifier(app: App): (record: RunRecord) => TemplateResult {
  const matrices = new Map<string, ConfusionMatrix | null>();
  let answer: Classification | null = null;
  let run = '';
  let asking = false;

  const pad = createDrawingPad(app, async (width, height, pixels) => {
    if (asking) return;
    asking = true;
    app.update();
    try {
      answer = await app.client.call('classify', { run, width, height, pixels });
      const best = top(answer)[0];
      if (best) app.say(`${best.name}, ${percent(best.share, 0)}`);
    } catch (error) {
      app.fail(error);
    } finally {
      asking = false;
      app.update();
    }
  });

  function matrixOf(id: string): ConfusionMatrix | null {
    if (!matrices.has(id)) {
      matrices.set(id, null);
      app.client.call('confusion', { run: id }).then((matrix) => {
        matrices.set(id, matrix);
        app.update();
      }, app.fail);
    }
    return matrices.get(id) ?? null;
  }

  return (record) => {
    if (record.id !== run) {
      run = record.id;
      answer = null;
    }
    const matrix = matrixOf(run);
    return html`
      <section class="card" aria-labelledby="try">
        <h2 id="try">Try it</h2>
        <div class="columns">
          <div>${pad()}</div>
          <div aria-live="polite">
            ${answer ? verdict(answer) : html`<p class="hint">${asking ? 'Looking …' : 'What the network takes it for appears here.'}</p>`}
          </div>
        </div>
      </section>
      <section class="card" aria-labelledby="confusion">
        <h2 id="confusion">${term('confusion', 'What it takes for what')}</h2>
        ${matrix ? confusionTable(matrix) : html`<p class="hint">Counting …</p>`}
      </section>
    `;
  };
}

const top = ({ classes, probabilities }: Classification) =>
  classes
    .map((name, i) => ({ name, share: probabilities[i] ?? 0 }))
    .sort((a, b) => b.share - a.share)
    .slice(0, 5);

function verdict(answer: Classification): TemplateResult {
  const { size, pixels } = answer.seen;
  const show = (element?: Element): void => {
    if (!(element instanceof HTMLCanvasElement)) return;
    element.width = size;
    element.height = size;
    element.getContext('2d')?.putImageData(new ImageData(pixels, size, size), 0, 0);
  };
  return html`
    <table class="actions">
      <caption>
        The network says
      </caption>
      <tbody>
        ${top(answer).map(
          ({ name, share }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${bar(share)}</td>
              <td class="number">${percent(share)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="seen">
      <canvas ${ref(show)} role="img" aria-label="The image as the network saw it"></canvas>
      <span class="hint">as the network sees it: ${size} by ${size} pixels</span>
    </p>
  `;
}

function confusionTable({ classes, counts }: ConfusionMatrix): TemplateResult {
  const shade = (row: readonly number[], value: number): string => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return `shade-${total === 0 ? 0 : Math.round((SHADES * value) / total)}`;
  };
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix">
      <table class="confusion">
        <caption class="hint">
          Rows: what is on the image. Columns: what the network says. Numbers of test images.
        </caption>
        <thead>
          <tr>
            <td></td>
            ${classes.map((name) => html`<th scope="col"><span>${name}</span></th>`)}
          </tr>
        </thead>
        <tbody>
          ${counts.map(
            (row, i) =>
              html`<tr>
                <th scope="row">${classes[i]}</th>
                ${row.map((value) => html`<td class=${shade(row, value)}>${value}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}
